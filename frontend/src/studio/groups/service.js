// What the system does by itself: business operations with typed parameters, decision tables, called processes.
import { decisionOf, is, operatorOf } from '../commands.js';
import { expressionField, judged, noteField, selectField, textField } from '../fields.js';
import { make } from '../page.js';
import { TYPES, wrongValue } from '../parameters.js';

function parameter(kit, spec) {
  const { element, object, commands } = kit;
  const get = () => operatorOf(object).parameters.find(({ id }) => id === spec.name)?.value ?? '';
  const set = value => {
    const operator = operatorOf(object);
    const rest = operator.parameters.filter(({ id }) => id !== spec.name);
    commands.setOperator(element, { ...operator, parameters: [...rest, { id: spec.name, type: spec.type, value: value.trim() }] });
  };
  const label = `${spec.title || spec.name}（${TYPES[spec.type] ?? spec.type}${spec.required ? '，必填' : ''}）`;
  // The gate names a parameter by its title or its name, whichever the rule is about.
  const named = [`的“${spec.title}”应当是`, `缺少参数“${spec.name}”`, `参数 ${spec.name}“`];
  const gate = () => kit.said().filter(({ message }) => named.some(words => message.includes(words))).map(({ message }) => message);
  const words = value => wrongValue(value.trim(), spec, kit.variables()) || (value.trim() === get() ? gate().join('；') : '');
  if (spec.type === 'boolean') return judged(selectField({ label, get, set, empty: spec.required ? '请选择' : '不填', options: () => [['True', '是'], ['False', '否'], ...kit.variables().map(({ name, title }) => [name, title || name])] }), words);
  const help = { text: '固定的文字写在英文引号里，例如 "甲类"。', list: '例如 [1, 2]，或一个列表变量。' }[spec.type];
  return judged(expressionField({ label, get, set, candidates: kit.candidates, help }), words);
}

export const operation = {
  id: 'operation',
  title: '业务操作',
  applies: object => is(object, 'bpmn:ServiceTask'),
  signature: object => operatorOf(object).id,
  build(kit) {
    const { element, object, commands, context } = kit;
    const operator = () => operatorOf(object);
    const spec = context.find('operation', operator().id);
    const unknown = operator().parameters.filter(({ id }) => spec && !spec.params.some(({ name }) => name === id));
    return [
      selectField({
        label: '操作', get: () => operator().id, set: id => commands.setOperator(element, { id, resultVariable: operator().resultVariable, parameters: [] }),
        options: () => context.operations.map(({ name, title }) => [name, title || name]), help: name => context.find('operation', name)?.description ?? '',
      }),
      ...(spec?.params ?? []).map(one => parameter(kit, one)),
      ...(unknown.length ? [noteField(`这些参数不属于所选操作，修改参数后请核对：${unknown.map(({ id }) => id).join('、')}`)] : []),
      ...(operator().id && (!spec || spec.returns || operator().resultVariable) ? [textField({
        label: '结果存入变量', get: () => operator().resultVariable, set: resultVariable => commands.setOperator(element, { ...operator(), resultVariable: resultVariable.trim() }),
        check: name => (name && !/^[A-Za-z]\w*$/.test(name) ? '变量名以英文字母开头，只含字母、数字和下划线。' : ''), help: spec?.returns ? `结果：${spec.returns}` : undefined,
      })] : []),
    ];
  },
};

export const decision = {
  id: 'decision',
  title: '决策表',
  applies: object => is(object, 'bpmn:BusinessRuleTask'),
  build({ element, object, commands, context }) {
    const outputs = id => (context.find('table', id)?.outputs ?? []).map(({ name, label }) => label || name).join('、');
    return [selectField({
      label: '使用的决策表', get: () => decisionOf(object), set: id => commands.setText(element, 'spiffworkflow:CalledDecisionId', id),
      options: () => context.tables.map(one => [one.decision, one.title || one.decision]), help: id => (outputs(id) ? `给出：${outputs(id)}` : ''),
      link: id => context.find('table', id)?.edit_url && make('a', { href: context.find('table', id).edit_url, target: '_blank', rel: 'noopener' }, '编辑这张决策表'),
    })];
  },
};

export const call = {
  id: 'call',
  title: '调用的流程',
  applies: object => is(object, 'bpmn:CallActivity'),
  build({ element, object, commands, context }) {
    return [selectField({
      label: '流程', get: () => object.calledElement ?? '', set: calledElement => commands.setAttributes(element, { calledElement: calledElement || undefined }),
      options: () => context.processes.map(({ id, title }) => [id, title || id]),
    })];
  },
};
