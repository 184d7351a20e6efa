// Hides parts of a form that do not apply, as the server does it when it reads the form:
//   <div data-hide-by="kind" data-hide-values='["a","b"]' data-hide-when="in">     hidden while the input `kind` holds a or b
//   data-hide-when="not-in"                                                         hidden while it holds neither
// The form kit writes these three (`Row.conditions`).
// Inputs in a hidden part are disabled, so that they are neither sent nor checked. A hidden input counts as empty,
// so that a chain of conditions settles as it does on the server.
import { mount } from './page.js';

// What the other input holds, as the server compares it; nothing while it is hidden itself.
function present(part, name) {
  const form = part.closest('form') ?? document;
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter(input => !input.closest('[data-hide-by][hidden]'));
  const boxes = inputs.filter(input => input.type === 'checkbox' || input.type === 'radio');
  if (boxes.length) return boxes.find(box => box.checked)?.value ?? (boxes[0].value === 'true' ? 'false' : '');
  return inputs[0]?.value.trim() ?? '';
}

function hides(part) {
  const values = JSON.parse(part.dataset.hideValues ?? '[]').map(String);
  return values.includes(present(part, part.dataset.hideBy)) === (part.dataset.hideWhen !== 'not-in');
}

function show(part, hidden) {
  part.hidden = hidden;
  for (const input of part.querySelectorAll('input, select, textarea, button')) {
    const off = input.closest('[data-hide-by][hidden]') !== null;
    if (off && !input.disabled) { input.dataset.offByCondition = ''; input.disabled = true; }
    if (!off && input.dataset.offByCondition !== undefined) { delete input.dataset.offByCondition; input.disabled = false; }
  }
}

// Repeats until nothing changes; a ring of conditions (the form reader refuses those) ends after as many rounds as parts.
export function settle(root) {
  const parts = [...root.querySelectorAll('[data-hide-by]')];
  for (let round = 0, changed = true; changed && round <= parts.length; round++) {
    changed = false;
    for (const part of parts) {
      const hidden = hides(part);
      if (hidden !== part.hidden) changed = true;
      show(part, hidden);
    }
  }
}

mount('form', settle);
mount('[data-row]', row => settle(row.closest('form') ?? row));
document.addEventListener('change', event => { if (event.target.form) settle(event.target.form); });
document.addEventListener('reset', event => setTimeout(() => settle(event.target), 0));
