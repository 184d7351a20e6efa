// Two versions of a form (or of anything in JSON): what was added, removed and changed, in a table. Components are found again by
// their key or id, so that a moved one is not told as a changed one.
import { make } from './page.js';

const keyOf = (one, index) => (one && typeof one === 'object' ? one.key ?? one.path ?? one.id ?? one.value ?? String(index) : String(index));

function flat(value, at, found) {
  if (Array.isArray(value)) value.forEach((one, index) => flat(one, `${at}${at ? ' › ' : ''}${typeof one === 'object' ? one?.label || keyOf(one, index) : index + 1}`, found));
  else if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) { if (name !== 'id') flat(one, name === 'components' ? at : `${at}${at ? ' · ' : ''}${name}`, found); }
  else found.set(at, String(value));
  return found;
}

export function compareJson(place, before, after) {
  const old = flat(before, '', new Map());
  const now = flat(after, '', new Map());
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter(name => old.get(name) !== now.get(name));
  const rows = changed.map(name => make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, old.get(name) ?? '（无）'), make('td', {}, now.get(name) ?? '（无）')));
  place.replaceChildren(rows.length
    ? make('table', { class: 'table table-sm compare-table' }, make('thead', {}, make('tr', {}, ...['项目', '服务器上的', '我的'].map(words => make('th', { scope: 'col' }, words)))), make('tbody', {}, ...rows))
    : make('p', {}, '没有差别。'));
}
