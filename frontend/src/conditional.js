// Hides parts of a form that do not apply, as the server does it when it reads the form:
//   <div data-hide-key="kind" data-hide-values='["a","b"]' data-hide-mode="in">     hidden while kind is a or b
//   data-hide-mode="not-in"                                                          hidden while kind is neither
// `data-hide-key` is the name of the other input; inside a row of a list the last part of the name is enough.
// Inputs in a hidden part are disabled, so that they are neither sent nor checked. A hidden input counts as empty,
// so that a chain of conditions settles as it does on the server.
import { mount } from './page.js';

function controls(part, key) {
  const form = part.closest('form') ?? document;
  for (const scope of [part.closest('[data-row]'), form]) {
    if (!scope) continue;
    const inputs = [...scope.querySelectorAll('input, select, textarea')];
    const exact = inputs.filter(input => input.name === key);
    if (exact.length) return exact;
    const ending = inputs.filter(input => scope !== form && input.name.endsWith(`-${key}`));
    if (ending.length) return ending;
  }
  return [];
}

function present(part, key) {
  const inputs = controls(part, key).filter(input => !input.closest('[data-hide-key][hidden]'));
  const boxes = inputs.filter(input => input.type === 'checkbox' || input.type === 'radio');
  if (boxes.length === 1 && boxes[0].type === 'checkbox') return boxes[0].checked ? 'true' : 'false';
  if (boxes.length) return boxes.find(box => box.checked)?.value ?? '';
  return inputs[0]?.value ?? '';
}

function hides(part) {
  const values = JSON.parse(part.dataset.hideValues ?? '[]').map(String);
  return values.includes(present(part, part.dataset.hideKey)) === (part.dataset.hideMode !== 'not-in');
}

function show(part, hidden) {
  part.hidden = hidden;
  for (const input of part.querySelectorAll('input, select, textarea, button')) {
    const off = input.closest('[data-hide-key][hidden]') !== null;
    if (off && !input.disabled) { input.dataset.offByCondition = ''; input.disabled = true; }
    if (!off && input.dataset.offByCondition !== undefined) { delete input.dataset.offByCondition; input.disabled = false; }
  }
}

// Repeats until nothing changes; a ring of conditions (the form reader refuses those) ends after as many rounds as parts.
export function settle(root) {
  const parts = [...root.querySelectorAll('[data-hide-key]')];
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
