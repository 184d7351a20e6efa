// What an element says, as pairs of a Chinese name and a text: compared between two versions, the changed properties have names.
import { TIMERS, decisionOf, documentationOf, eventDefinition, extension, is, loopOf, operatorOf, propertiesOf } from './commands.js';

const PROPERTIES = {
  form: '表单', exports: '导出的字段', scope: '限定范围', assignee: '指定办理人', due: '办理期限', actions: '允许的动作', records: '提交后记入', stage: '阶段',
  not_same_as: '不得同一人', hint: '提示', submit: '提交按钮', confirm: '提交前的确认语', visible_to: '可见', outcome: '办理结果',
};
const LOOP = {
  kind: '办理几次', collection: '名单', cardinality: '次数', item: '元素变量', output: '结果变量', outputItem: '每次的结果', completion: '完成条件', maximum: '最多几次', condition: '继续的条件',
};
const KINDS = { once: '一次', parallel: '多人同时', sequential: '多人依次', standard: '重复' };
const TIMER = { timeDuration: '定时（时长）', timeDate: '定时（时刻）', timeCycle: '定时（循环）' };

// The conditional flows of a gateway in the order in which they are tried, which is that of the file.
function conditionsOf(gateway) {
  return (gateway.$parent?.get('flowElements') ?? []).filter(one => one.sourceRef === gateway && gateway.default !== one).map(one => one.name || one.id);
}

export function describe(object) {
  const found = new Map();
  const add = (name, value) => { if (value !== undefined && value !== null && value !== '') found.set(name, String(value)); };
  add('类型', object.$type);
  add('名称', object.name);
  if (is(object, 'bpmn:TextAnnotation')) add('注释', object.text);
  add('说明', documentationOf(object));
  for (const [name, value] of propertiesOf(object)) add(PROPERTIES[name] ?? `属性 ${name}`, value);
  const operator = operatorOf(object);
  add('业务操作', operator.id);
  add('结果变量', operator.resultVariable);
  for (const { id, value } of operator.parameters) add(`参数 ${id}`, value);
  add('决策表', decisionOf(object));
  add('调用的流程', object.calledElement);
  for (const [name, value] of Object.entries(object.loopCharacteristics ? loopOf(object) : {})) add(LOOP[name], name === 'kind' ? KINDS[value] : value);
  add('消息', (object.messageRef ?? eventDefinition(object, 'bpmn:MessageEventDefinition')?.messageRef)?.name);
  const definitions = object.get('eventDefinitions') ?? [];
  add('事件', definitions.map(one => one.$type.replace('bpmn:', '').replace('EventDefinition', '')).join());
  const timer = eventDefinition(object, 'bpmn:TimerEventDefinition');
  for (const kind of TIMERS) add(TIMER[kind], timer?.get(kind)?.body);
  add('错误代码', eventDefinition(object, 'bpmn:ErrorEventDefinition')?.errorRef?.errorCode);
  add('条件', object.conditionExpression?.body);
  add('默认流向', object.default?.id);
  if (is(object, 'bpmn:ExclusiveGateway') || is(object, 'bpmn:InclusiveGateway')) add('条件的先后', conditionsOf(object).join('、'));
  // By id: a flow has not changed because the task at its end was renamed.
  add('从', object.sourceRef?.id);
  add('到', object.targetRef?.id);
  if (object.cancelActivity === false) add('中断', '否');
  if (is(object, 'bpmn:Process')) add('可执行', object.isExecutable ? '是' : '否');
  if (is(object, 'bpmn:Participant')) add('流程', object.processRef?.id);
  if (is(object, 'bpmn:Lane')) add('泳道里的环节', (object.flowNodeRef ?? []).map(one => one.id).sort().join('、'));
  for (const value of object.extensionElements?.get('values') ?? []) {
    if (!['spiffworkflow:Properties', 'spiffworkflow:ServiceTaskOperator', 'spiffworkflow:CalledDecisionId'].includes(value.$type)) {
      add(`其他内容 ${value.$type}`, value.value ?? JSON.stringify(value, (key, inner) => (key.startsWith('$') ? undefined : inner)));
    }
  }
  add('附带的内容', extension(eventDefinition(object, 'bpmn:MessageEventDefinition') ?? object, 'spiffworkflow:MessagePayload')?.value);
  return found;
}

// [{ name, before, after }]
export function changesBetween(one, other) {
  const before = describe(one);
  const after = describe(other);
  return [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name))
    .map(name => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }));
}

// How a person recognises an element: by its name, a flow without one by its ends.
export function nameOf(object) {
  if (object.name) return object.name;
  const end = one => one?.name || one?.id;
  return object.sourceRef && object.targetRef ? `从“${end(object.sourceRef)}”到“${end(object.targetRef)}”` : object.id;
}
