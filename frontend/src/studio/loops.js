// `loopDataInputRef` names a variable, which BPMN itself does not know: bpmn-js takes it for a reference to a missing element and
// leaves it out on saving. Here each such reference gets an element that only carries the name.
const LOOP_REFERENCE = /loopData(In|Out)putRef$/;

export function variableReference(moddle, name) {
  return name ? moddle.create('bpmn:ItemAwareElement', { id: name }) : undefined;
}

export function keepLoopVariables(viewer) {
  viewer.on('import.parse.complete', ({ references = [], elementsById = {}, warnings = [] }) => {
    for (const { element, property, id } of references) {
      if (!LOOP_REFERENCE.test(property) || elementsById[id]) continue;
      element.set(property, variableReference(viewer.get('moddle'), id));
      const told = warnings.findIndex(warning => warning.property === property && warning.value === id && warning.element === element);
      if (told >= 0) warnings.splice(told, 1);
    }
  });
}
