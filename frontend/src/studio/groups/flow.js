// Sequence flows: the condition, and which flow is taken when no condition holds. The same from the gateway.
import { is } from '../commands.js';
import { conditionField } from '../builders.js';
import { noteField, selectField, switchField } from '../fields.js';

const chooses = object => is(object, 'bpmn:ExclusiveGateway') || is(object, 'bpmn:InclusiveGateway');

export const flow = {
  id: 'flow',
  title: '走这条流向的条件',
  applies: object => is(object, 'bpmn:SequenceFlow'),
  signature: object => [chooses(object.sourceRef), object.sourceRef?.default === object, object.sourceRef?.outgoing?.length > 1].join(),
  build(kit) {
    const { element, object, commands } = kit;
    const source = object.sourceRef;
    if (!chooses(source)) return [noteField(object.conditionExpression ? '任务和事件之后不能带条件，请删去条件，另加一个排他网关。' : '这条流向没有条件。要分支，请在前面加一个网关。'),
      ...(object.conditionExpression ? [switchField({ label: '带有条件', get: () => Boolean(object.conditionExpression), set: () => commands.setCondition(element, '') })] : [])];
    const isDefault = () => source.default === object;
    const fields = [switchField({ label: '默认流向', get: isDefault, set: on => commands.setAttributes(element.source, { default: on ? object : undefined }), help: '别的条件都不成立时走这里。每个网关要有一条。' })];
    if (isDefault()) return fields;
    return [...fields, conditionField({ label: '条件', get: () => object.conditionExpression?.body ?? '', set: text => commands.setCondition(element, text), variables: kit.variables, candidates: kit.candidates })];
  },
};

export const gateway = {
  id: 'gateway',
  title: '流向',
  applies: chooses,
  signature: object => (object.outgoing ?? []).map(({ id, name }) => `${id} ${name ?? ''}`).join(),
  build({ element, object, commands }) {
    const out = object.outgoing ?? [];
    if (out.length < 2) return [noteField('合并用的网关，只有一条流出：流向上不填条件，也不需要默认流向。')];
    return [selectField({
      label: '默认流向', get: () => object.default?.id ?? '', set: id => commands.setAttributes(element, { default: out.find(one => one.id === id) }),
      options: () => out.map(one => [one.id, [one.name, `到“${one.targetRef?.name || one.targetRef?.id}”`].filter(Boolean).join('，')]),
      help: '条件都不成立时走的流向。其他流向点开后填写条件。',
    })];
  },
};
