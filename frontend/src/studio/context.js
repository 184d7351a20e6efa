// What the system offers to a diagram, as `GET <data-context-url>` tells it (README.md has the shape). Everything may be missing:
// the panel then shows empty drop-downs, and the values that the diagram has already.
export function readContext(data = {}) {
  const list = name => (Array.isArray(data[name]) ? data[name] : []);
  const byKey = (items, key) => new Map(items.map(item => [item[key], item]));
  const context = {
    ...data,
    roles: list('roles'), lanes: list('lanes'), forms: list('forms'), operations: list('operations'), recorders: list('recorders'),
    messages: list('messages'), actions: list('actions'), functions: list('functions'), settings: list('settings'),
    deadlines: list('deadlines'), tables: list('tables'), processes: list('processes'),
    kinds: list('kinds'), deliveries: list('deliveries'), texts: list('texts'),
    stages: data.stages ?? {}, variables: data.variables ?? {},
  };
  const maps = {
    form: byKey(context.forms, 'key'), operation: byKey(context.operations, 'name'), recorder: byKey(context.recorders, 'name'),
    message: byKey(context.messages, 'name'), table: byKey(context.tables, 'decision'), text: byKey(context.texts, 'name'),
  };
  return { ...context, find: (kind, key) => maps[kind].get(key) };
}
