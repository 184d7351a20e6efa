// Reading and writing what a diagram says beyond its lines. Every writing is one command, so that one undo takes it back.
import { variableReference } from './loops.js';

class UpdateAll {
  constructor(modeling) { this.modeling = modeling; }

  preExecute({ element, changes }) {
    for (const { target, values } of changes) this.modeling.updateModdleProperties(element, target, values);
  }
}
UpdateAll.$inject = ['modeling'];

// Several commands of the library that people take for one.
class Together {
  preExecute({ run }) { run(); }
}

class RegisterCommands {
  constructor(commandStack) {
    commandStack.registerHandler('studio.update', UpdateAll);
    commandStack.registerHandler('studio.together', Together);
  }
}
RegisterCommands.$inject = ['commandStack'];

export const commandsModule = { __init__: ['studioCommands'], studioCommands: ['type', RegisterCommands] };

export const together = (modeler, run) => modeler.get('commandStack').execute('studio.together', { run });

export const businessObject = element => element.businessObject;
export const is = (object, type) => Boolean(object?.$instanceOf?.(type));

// ---- reading ----

export function extension(object, type) {
  return object.extensionElements?.get('values').find(value => value.$type === type);
}

export function propertiesOf(object) {
  return new Map((extension(object, 'spiffworkflow:Properties')?.get('properties') ?? []).map(({ name, value }) => [name, value ?? '']));
}

export const splitNames = text => (text ?? '').split(',').map(name => name.trim()).filter(Boolean);

export function operatorOf(object) {
  const found = extension(object, 'spiffworkflow:ServiceTaskOperator');
  const parameters = (found?.parameterList?.get('parameters') ?? []).map(({ id, type, value }) => ({ id, type, value: value ?? '' }));
  return { id: found?.id ?? '', resultVariable: found?.resultVariable ?? '', parameters };
}

export const decisionOf = object => extension(object, 'spiffworkflow:CalledDecisionId')?.value?.trim() ?? '';

export const eventDefinition = (object, type) => object.get('eventDefinitions')?.find(one => is(one, type));

export const TIMERS = ['timeDuration', 'timeDate', 'timeCycle'];

export function timerOf(object) {
  const definition = eventDefinition(object, 'bpmn:TimerEventDefinition');
  const kind = TIMERS.find(name => definition?.get(name));
  return { kind: kind ?? 'timeDate', text: kind ? definition.get(kind).body ?? '' : '' };
}

export function loopOf(object) {
  const loop = object.loopCharacteristics;
  if (!loop) return { kind: 'once' };
  if (is(loop, 'bpmn:StandardLoopCharacteristics')) {
    return { kind: 'standard', maximum: loop.loopMaximum === undefined ? '' : String(loop.loopMaximum), condition: loop.loopCondition?.body ?? '' };
  }
  const item = one => one?.name || one?.id || '';
  return {
    kind: loop.isSequential ? 'sequential' : 'parallel',
    collection: loop.loopDataInputRef?.id ?? '',
    cardinality: loop.loopCardinality?.body ?? '',
    item: item(loop.inputDataItem),
    output: loop.loopDataOutputRef?.id ?? '',
    outputItem: item(loop.outputDataItem),
    completion: loop.completionCondition?.body ?? '',
  };
}

export const documentationOf = object => object.get('documentation')?.[0]?.text ?? '';

// ---- writing ----

export function commandsOf(modeler) {
  const moddle = modeler.get('moddle');
  const modeling = modeler.get('modeling');
  const stack = modeler.get('commandStack');
  const create = (type, values = {}, parent = null) => Object.assign(moddle.create(type, values), parent ? { $parent: parent } : {});
  const expression = (text, parent) => (text.trim() ? create('bpmn:FormalExpression', { body: text.trim() }, parent) : undefined);
  const change = (element, ...changes) => stack.execute('studio.update', { element, changes: changes.filter(Boolean) });

  // The change that puts `value` in the place of the extension element of this type (null takes it away).
  function extensionChange(object, type, value) {
    const old = object.extensionElements;
    const values = [...(old?.get('values').filter(one => one.$type !== type) ?? []), ...(value ? [value] : [])];
    if (!values.length) return { target: object, values: { extensionElements: undefined } };
    const holder = old ?? create('bpmn:ExtensionElements', { values: [] }, object);
    if (value) value.$parent = holder;
    if (old) return { target: old, values: { values } };
    holder.values = values;
    return { target: object, values: { extensionElements: holder } };
  }

  function setProperties(element, given) {
    const object = element.businessObject;
    const all = propertiesOf(object);
    for (const [name, value] of Object.entries(given)) if (value) all.set(name, value); else all.delete(name);
    const properties = [...all].map(([name, value]) => create('spiffworkflow:Property', { name, value }));
    change(element, extensionChange(object, 'spiffworkflow:Properties', properties.length ? create('spiffworkflow:Properties', { properties }) : null));
  }

  function setOperator(element, { id, resultVariable, parameters }) {
    const list = parameters.filter(({ value }) => value !== '').map(one => create('spiffworkflow:Parameter', one));
    const value = id ? create('spiffworkflow:ServiceTaskOperator', {
      id, ...(resultVariable ? { resultVariable } : {}), parameterList: create('spiffworkflow:Parameters', { parameters: list }),
      ...(extension(element.businessObject, 'spiffworkflow:ServiceTaskOperator')?.retry ? { retry: extension(element.businessObject, 'spiffworkflow:ServiceTaskOperator').retry } : {}),
    }) : null;
    change(element, extensionChange(element.businessObject, 'spiffworkflow:ServiceTaskOperator', value));
  }

  function setText(element, type, text, target = element.businessObject) {
    change(element, extensionChange(target, type, text.trim() ? create(type, { value: text.trim() }) : null));
  }

  function setTimer(element, kind, text) {
    const definition = eventDefinition(element.businessObject, 'bpmn:TimerEventDefinition');
    // A kind without a text yet has to be kept as well, or the drop-down would fall back at once.
    const value = create('bpmn:FormalExpression', { body: text.trim() }, definition);
    change(element, { target: definition, values: { ...Object.fromEntries(TIMERS.map(name => [name, undefined])), [kind]: value } });
  }

  function setMessage(element, holder, name) {
    const definitions = modeler.getDefinitions();
    const found = definitions.rootElements.find(one => is(one, 'bpmn:Message') && one.name === name);
    const message = name ? found ?? create('bpmn:Message', { id: `msg_${name}`, name }, definitions) : undefined;
    change(element,
      name && !found && { target: definitions, values: { rootElements: [...definitions.rootElements, message] } },
      { target: holder, values: { messageRef: message } });
  }

  function setLoopKind(element, kind) {
    const object = element.businessObject;
    const old = is(object.loopCharacteristics, 'bpmn:MultiInstanceLoopCharacteristics') ? object.loopCharacteristics : null;
    if (old && (kind === 'parallel' || kind === 'sequential')) return change(element, { target: old, values: { isSequential: kind === 'sequential' } });
    const loop = kind === 'once' ? undefined
      : kind === 'standard' ? create('bpmn:StandardLoopCharacteristics', {}, object)
        : create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: kind === 'sequential' }, object);
    return change(element, { target: object, values: { loopCharacteristics: loop } });
  }

  // One field of the loop, in the words of `loopOf`.
  function setLoop(element, name, text) {
    const loop = element.businessObject.loopCharacteristics;
    const value = text.trim();
    // The id is only there because BPMN asks for one; a name of its own keeps two tasks with the same variable apart.
    const item = (type, suffix) => (value ? create(type, { id: `${element.id}_${suffix}`, name: value }, loop) : undefined);
    change(element, { target: loop, values: {
      collection: () => ({ loopDataInputRef: variableReference(moddle, value) }),
      cardinality: () => ({ loopCardinality: expression(value, loop) }),
      item: () => ({ inputDataItem: item('bpmn:DataInput', 'item') }),
      output: () => ({ loopDataOutputRef: variableReference(moddle, value) }),
      outputItem: () => ({ outputDataItem: item('bpmn:DataOutput', 'result') }),
      completion: () => ({ completionCondition: expression(value, loop) }),
      maximum: () => ({ loopMaximum: /^\d+$/.test(value) ? Number(value) : undefined }),
      condition: () => ({ loopCondition: expression(value, loop) }),
    }[name]() });
  }

  return {
    setProperties, setOperator, setText, setTimer, setMessage, setLoop, setLoopKind,
    setAttributes: (element, values) => modeling.updateProperties(element, values),
    setCondition: (element, text) => modeling.updateProperties(element, { conditionExpression: expression(text, element.businessObject) }),
    setDocumentation(element, text, object = element.businessObject) {
      const value = text.trim() ? [create('bpmn:Documentation', { text: text.trim() }, object)] : [];
      change(element, { target: object, values: { documentation: value } });
    },
    setOn: (element, target, values) => change(element, { target, values }),
    setError(element, definition, code) {
      const definitions = modeler.getDefinitions();
      const found = definitions.rootElements.find(one => is(one, 'bpmn:Error') && one.errorCode === code);
      const error = code ? found ?? create('bpmn:Error', { id: `error_${code}`, name: code, errorCode: code }, definitions) : undefined;
      change(element,
        code && !found && { target: definitions, values: { rootElements: [...definitions.rootElements, error] } },
        { target: definition, values: { errorRef: error } });
    },
  };
}
