// Chinese for bpmn-js and dmn-js: two community tables, and ours over them. Looked up without regard to case, blanks and
// hyphens, because the tables and the program write "User Task", "User task" and "user-task". What is missing is collected;
// a test opens every menu and fails when something is.
const normal = text => text.toLowerCase().replace(/[\s-]+/g, '');

export function translator(...tables) {
  const words = new Map(tables.flatMap(table => Object.entries(table)).map(([source, target]) => [normal(source), target]));
  const missing = new Set();
  function translate(template, replacements = {}) {
    const found = words.get(normal(template));
    if (found === undefined && /[A-Za-z]/.test(template)) missing.add(template);
    return (found ?? template).replace(/{([^}]+)}/g, (whole, name) => replacements[name] ?? whole);
  }
  return { translate, missing, module: { translate: ['value', translate] } };
}
