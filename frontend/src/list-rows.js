// Rows that people add and remove (members of a team, prizes):
//   <fieldset data-list data-max="10" data-min="0">
//     <div data-rows> <div data-row> … <button type="button" data-remove-row>删除这一行</button></div> </div>
//     <template data-row-template><div data-row> … name="members-__row__-name" … </div></template>
//     <button type="button" data-add-row>添加一行</button>
//   </fieldset>
// Numbers are never given twice; the server takes gaps. The focus goes where a keyboard would look for it next.
import { make } from './page.js';

const NUMBER = '__row__';

function rows(list) { return [...list.querySelectorAll('[data-row]')].filter(row => row.closest('[data-list]') === list); }

function template(list) {
  return [...list.querySelectorAll('template[data-row-template]')].find(one => one.closest('[data-list]') === list);
}

// What stands before the number in the names of this list, for example `members-`.
function prefix(list) {
  const named = template(list)?.content.querySelector(`[name*="${NUMBER}"]`);
  return named ? named.name.split(NUMBER)[0] : null;
}

function indexIn(name, start) {
  const found = start !== null && name.startsWith(start) ? /^\d+/.exec(name.slice(start.length)) : null;
  return found ? Number(found[0]) : null;
}

function nextIndex(list) {
  const start = prefix(list);
  const used = [...list.querySelectorAll('[name]')].map(input => indexIn(input.name, start)).filter(index => index !== null);
  return Math.max(-1, Number(list.dataset.lastIndex ?? -1), ...used) + 1;
}

function numbered(node, index) {
  for (const element of [node, ...node.querySelectorAll('*')]) {
    for (const attribute of [...element.attributes]) attribute.value = attribute.value.replaceAll(NUMBER, index);
    if (element.tagName === 'TEMPLATE') numbered(element.content.firstElementChild, index);
  }
}

function refresh(list, words) {
  const count = rows(list).length;
  const limit = (name, other) => Number(list.dataset[name] ?? other);
  for (const button of list.querySelectorAll('[data-add-row]')) {
    if (button.closest('[data-list]') === list) button.disabled = count >= limit('max', Infinity);
  }
  for (const button of list.querySelectorAll('[data-remove-row]')) {
    if (button.closest('[data-list]') === list) button.disabled = count <= limit('min', 0);
  }
  if (!words) return;
  const live = list.querySelector(':scope > [data-list-state]')
    ?? list.appendChild(make('p', { 'data-list-state': '', class: 'visually-hidden', role: 'status' }));
  live.textContent = `${words}，现有 ${count} 行。`;
}

export function addRow(list, index = nextIndex(list)) {
  const row = template(list).content.firstElementChild.cloneNode(true);
  numbered(row, String(index));
  list.dataset.lastIndex = String(Math.max(index, Number(list.dataset.lastIndex ?? -1)));
  list.querySelector('[data-rows]').append(row);
  refresh(list, '已添加一行');
  row.dispatchEvent(new CustomEvent('rows:added', { bubbles: true }));
  return row;
}

// Adds the rows that the names belong to, so that a kept draft can be filled in again.
export function ensureRows(form, names) {
  for (const list of form.querySelectorAll('[data-list]')) {
    const start = prefix(list);
    const wanted = new Set(names.map(name => indexIn(name, start)).filter(index => index !== null));
    for (const input of form.querySelectorAll('[name]')) wanted.delete(indexIn(input.name, start));
    for (const index of [...wanted].sort((one, other) => one - other)) addRow(list, index);
  }
}

function removeRow(list, row) {
  const form = row.closest('form');
  const at = rows(list).indexOf(row);
  row.remove();
  refresh(list, '已删除一行');
  const left = rows(list);
  const next = left[Math.min(at, left.length - 1)];
  (next?.querySelector('[data-remove-row]:not(:disabled)') ?? list.querySelector('[data-add-row]'))?.focus();
  form?.dispatchEvent(new Event('change', { bubbles: true }));
}

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-add-row], [data-remove-row]');
  const list = button?.closest('[data-list]');
  if (!list) return;
  if (button.hasAttribute('data-remove-row')) removeRow(list, button.closest('[data-row]'));
  else addRow(list).querySelector('input:not([type=hidden]), select, textarea')?.focus();
});

export function start(list) { refresh(list, ''); }
