// Which variables a case holds when it comes to an element: those it starts with, and what the elements before it give.
import { decisionOf, eventDefinition, is, loopOf, operatorOf, propertiesOf, splitNames } from './commands.js';

const label = object => object.name || object.id;

export function processOf(object) {
  let at = object;
  while (at && !is(at, 'bpmn:Process')) at = at.$parent;
  return at;
}

// What one run of an element gives: [{ name, title, from, options }].
function writtenInside(object, context) {
  const properties = propertiesOf(object);
  const form = context.find('form', properties.get('form') ?? '');
  const field = name => form?.fields?.find(one => one.key === name);
  const found = splitNames(properties.get('exports')).map(name => ({ name, title: field(name)?.label ?? '', options: field(name)?.options }));
  for (const name of context.find('recorder', properties.get('records') ?? '')?.exports ?? []) found.push({ name, title: field(name)?.label ?? '' });
  const operator = operatorOf(object);
  if (operator.resultVariable) found.push({ name: operator.resultVariable, title: context.find('operation', operator.id)?.returns ?? '' });
  for (const { name, label: title } of context.find('table', decisionOf(object))?.outputs ?? []) found.push({ name, title });
  const message = object.messageRef ?? eventDefinition(object, 'bpmn:MessageEventDefinition')?.messageRef;
  if (!is(object, 'bpmn:ThrowEvent')) for (const name of context.find('message', message?.name)?.payload ?? []) found.push({ name, title: '' });
  return found.map(one => ({ ...one, from: label(object) }));
}

export function written(object, context) {
  const { output } = loopOf(object);
  if (object.loopCharacteristics) return output ? [{ name: output, title: '各次办理的结果', from: label(object) }] : [];
  const inner = object.get('flowElements') ?? [];
  return [...writtenInside(object, context), ...inner.flatMap(one => (is(one, 'bpmn:FlowNode') ? written(one, context) : []))];
}

// Every element that a case may have passed before it comes to this one.
function before(start) {
  const seen = new Set();
  const queue = [start];
  const reach = object => { if (object && !seen.has(object)) { seen.add(object); queue.push(object); } };
  while (queue.length) {
    const object = queue.pop();
    if (is(object, 'bpmn:SequenceFlow')) reach(object.sourceRef);
    for (const flow of object.get('incoming') ?? []) reach(flow.sourceRef);
    if (object.attachedToRef) for (const flow of object.attachedToRef.get('incoming') ?? []) reach(flow.sourceRef);
    // What happens inside a subprocess comes after everything that came before the subprocess.
    if (is(object.$parent, 'bpmn:SubProcess')) for (const flow of object.$parent.get('incoming') ?? []) reach(flow.sourceRef);
  }
  return seen;
}

function ofLoops(object) {
  const found = [];
  for (let at = object; at && !is(at, 'bpmn:Process'); at = at.$parent) {
    const { item } = loopOf(at);
    if (item) found.push({ name: item, title: '这一次办理的元素', from: label(at) });
  }
  return found;
}

export const COUNTERS = [
  { name: 'nrOfInstances', title: '总次数', from: '多次办理' },
  { name: 'nrOfCompletedInstances', title: '已完成次数', from: '多次办理' },
  { name: 'nrOfActiveInstances', title: '办理中次数', from: '多次办理' },
  { name: 'outputs', title: '已有的结果', from: '多次办理' },
];

// Sorted so that what was given last before the element is not searched for: own loop, then upstream, then the start.
export function availableAt(object, context) {
  const process = processOf(object);
  const given = [
    ...ofLoops(object),
    ...[...before(object)].flatMap(one => (is(one, 'bpmn:FlowNode') ? written(one, context) : [])),
    ...(context.variables[process?.id] ?? []).map(one => ({ ...one, from: '办件开始时' })),
  ];
  const found = new Map();
  for (const one of given) {
    const known = found.get(one.name);
    found.set(one.name, known ? { ...one, ...known, title: known.title || one.title || '', options: known.options ?? one.options } : one);
  }
  return [...found.values()];
}
