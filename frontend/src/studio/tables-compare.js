// Two versions of a decision table: rules added, removed and changed, by their id; read from the XML, so that no editor is needed.
import { make } from './page.js';

function read(xml) {
  const root = new DOMParser().parseFromString(xml, 'application/xml');
  const all = (parent, name) => [...parent.getElementsByTagNameNS('*', name)];
  const text = one => all(one, 'text')[0]?.textContent.trim() ?? '';
  const columns = [...all(root, 'input').map(one => one.getAttribute('label') || text(one)), ...all(root, 'output').map(one => one.getAttribute('label') || one.getAttribute('name'))];
  const rules = new Map(all(root, 'rule').map((rule, index) => [rule.getAttribute('id') ?? String(index), [...all(rule, 'inputEntry'), ...all(rule, 'outputEntry')].map(text)]));
  return { columns, rules, policy: all(root, 'decisionTable')[0]?.getAttribute('hitPolicy') ?? 'UNIQUE' };
}

// The fewest rows that have to be taken out for the rest to stand in the same order.
export function movedKeys(before, after) {
  const common = after.filter(key => before.includes(key));
  const longest = [];
  for (const key of common) {
    let best = [];
    for (const row of longest) if (before.indexOf(row.at(-1)) < before.indexOf(key) && row.length > best.length) best = row;
    longest.push([...best, key]);
  }
  const staying = new Set(longest.reduce((one, other) => (other.length > one.length ? other : one), []));
  return new Set(common.filter(key => !staying.has(key)));
}

export function compareTables(at, before, after) {
  const old = read(before);
  const now = read(after);
  const rows = [];
  const cells = (values, other) => now.columns.map((_, index) => make('td', { class: other && other[index] !== values[index] ? 'compare-cell' : '' }, values[index] ?? ''));
  const place = (table, id) => [...table.rules.keys()].indexOf(id) + 1;
  const moved = movedKeys([...old.rules.keys()], [...now.rules.keys()]);
  for (const [id, values] of now.rules) {
    const was = old.rules.get(id);
    if (moved.has(id)) rows.push(make('tr', {}, make('th', { scope: 'row' }, `由第 ${place(old, id)} 行移到第 ${place(now, id)} 行`), ...cells(values)));
    if (!was) rows.push(make('tr', {}, make('th', { scope: 'row' }, '新增'), ...cells(values)));
    else if (was.join('\u0000') !== values.join('\u0000')) rows.push(make('tr', {}, make('th', { scope: 'row' }, '原来'), ...cells(was, values)), make('tr', {}, make('th', { scope: 'row' }, '改为'), ...cells(values, was)));
  }
  for (const [id, values] of old.rules) if (!now.rules.has(id)) rows.push(make('tr', {}, make('th', { scope: 'row' }, '删除'), ...cells(values)));
  const heads = [...(old.policy === now.policy ? [] : [`命中策略由 ${old.policy} 改为 ${now.policy}。`]), ...(old.columns.join() === now.columns.join() ? [] : [`列由“${old.columns.join('、')}”改为“${now.columns.join('、')}”。`])];
  at.replaceChildren(...heads.map(one => make('p', {}, one)), rows.length
    ? make('table', { class: 'table table-sm compare-table' }, make('thead', {}, make('tr', {}, make('th', {}, ''), ...now.columns.map(words => make('th', { scope: 'col' }, words)))), make('tbody', {}, ...rows))
    : make('p', {}, heads.length ? '各行没有差别。' : '没有差别。'));
}
