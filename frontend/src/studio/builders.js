// Simple builders over expressions: a time limit and a condition can be put together from drop-downs; what they cannot say is
// written as an expression, and stays as it is.
import { expressionField, typed } from './fields.js';
import { make } from './page.js';

// ---- time: workdays(5) · workdays(setting("review_days")) · deadline("nomination_close") · duration("P14D") ----

const TIMES = [
  ['workdays', '若干个工作日', /^workdays\((\d+)\)$/, value => `workdays(${value})`],
  ['setting', '方案中的天数（工作日）', /^workdays\(setting\("([^"]+)"\)\)$/, value => `workdays(setting("${value}"))`],
  ['deadline', '轮次的时限', /^deadline\("([^"]+)"\)$/, value => `deadline("${value}")`],
  ['duration', '若干天（自然日）', /^duration\("P(\d+)D"\)$/, value => `duration("P${value}D")`],
];

export function readTime(text) {
  const trimmed = text.trim();
  if (!trimmed) return { kind: '', value: '' };
  for (const [kind, , pattern] of TIMES) {
    const found = pattern.exec(trimmed);
    if (found) return { kind, value: found[1] };
  }
  return { kind: 'other', value: trimmed };
}

const write = (kind, value) => (value ? TIMES.find(one => one[0] === kind)[3](value) : '');

export function timeField({ label, help, get, set, candidates, settings, deadlines, empty = '不限' }) {
  const kind = make('select', { class: 'form-select form-select-sm', 'aria-label': label },
    make('option', { value: '' }, empty), ...TIMES.map(([value, words]) => make('option', { value }, words)), make('option', { value: 'other' }, '写表达式'));
  const amount = make('input', { type: 'number', min: '1', max: '999', class: 'form-control form-control-sm', 'aria-label': `${label}：数量` });
  const named = make('select', { class: 'form-select form-select-sm', 'aria-label': `${label}：名称` });
  const text = expressionField({ label: '表达式', get, set, candidates, placeholder: 'workdays(5)' });
  const node = make('div', { class: 'studio-field', role: 'group', 'aria-label': label }, make('span', { class: 'studio-label' }, label),
    make('div', { class: 'studio-pair' }, kind, amount, named), text.node, help ? make('p', { class: 'studio-help' }, help) : '');
  let chosen = null; // Of the drop-down, as long as the expression stays what it was then.
  let chosenAt = '';

  function show(now, value) {
    const number = now === 'workdays' || now === 'duration';
    const byName = now === 'setting' || now === 'deadline';
    kind.value = now;
    amount.hidden = !number;
    named.hidden = !byName;
    text.node.hidden = now !== 'other';
    if (number) showAmount();
    if (!byName) return;
    const offered = (now === 'setting' ? settings() : deadlines()).map(one => [one.key ?? one.name, one.title || one.key || one.name]);
    if (value && !offered.some(([key]) => key === value)) offered.push([value, value]);
    named.replaceChildren(make('option', { value: '' }, '请选择'), ...offered.map(([key, words]) => make('option', { value: key }, words)));
    named.value = value;
  }
  function refresh() {
    const found = readTime(get());
    if (chosen !== null && chosen !== 'other' && get() !== chosenAt) chosen = null;
    show(chosen ?? found.kind, chosen === null || chosen === found.kind ? found.value : '');
    text.refresh();
  }
  kind.addEventListener('change', () => {
    const wanted = kind.value;
    chosen = null;
    if (!wanted) set('');
    else if (wanted === 'workdays' || wanted === 'duration') set(write(wanted, '5'));
    else { chosen = wanted; chosenAt = get(); }
    refresh();
  });
  const showAmount = typed(amount, { get: () => readTime(get()).value, set: value => { if (value >= 1) set(write(kind.value, String(Number(value)))); } });
  named.addEventListener('change', () => { if (named.value) set(write(kind.value, named.value)); });
  return { node, refresh };
}

// ---- condition: rows of variable, operator, value, tied by "and" or by "or" ----

const OPERATORS = [['==', '等于'], ['!=', '不等于'], ['>', '大于'], ['>=', '大于等于'], ['<', '小于'], ['<=', '小于等于']];
const ROW = /^([A-Za-z_]\w*)\s*(==|!=|>=|<=|>|<)\s*("[^"\\]*"|-?\d+(?:\.\d+)?|True|False|None)$/;

export function readCondition(text) {
  const trimmed = text.trim();
  if (!trimmed) return { tie: 'and', rows: [] };
  for (const tie of ['and', 'or']) {
    const rows = trimmed.split(new RegExp(`\\s+${tie}\\s+`)).map(part => ROW.exec(part.trim()) ?? (/^[A-Za-z_]\w*$/.test(part) && !/^(True|False|None)$/.test(part) ? [0, part, '==', 'True'] : null));
    if (rows.every(Boolean)) return { tie, rows: rows.map(([, name, operator, value]) => ({ name, operator, value })) };
  }
  return null;
}

// A text is written in quotes, numbers and True, False, None as they are.
function literal(text) {
  const trimmed = text.trim();
  if (/^(-?\d+(\.\d+)?|True|False|None)$/.test(trimmed)) return trimmed;
  return `"${trimmed.replace(/^"|"$/g, '').replace(/["\\]/g, '')}"`;
}

export const writeCondition = ({ tie, rows }) => rows.filter(row => row.name).map(row => `${row.name} ${row.operator} ${row.value}`).join(` ${tie} `);

export function conditionField({ label, get, set, variables, candidates }) {
  const rows = make('div', { class: 'studio-rows' });
  const tie = make('select', { class: 'form-select form-select-sm', 'aria-label': '条件之间' }, make('option', { value: 'and' }, '以下条件都成立'), make('option', { value: 'or' }, '以下条件有一个成立'));
  const add = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary' }, '添加一个条件');
  const text = expressionField({ label: '表达式', get, set, candidates, help: '由上面的条件写成；也可以直接修改。' });
  const node = make('div', { class: 'studio-field', role: 'group', 'aria-label': label }, make('span', { class: 'studio-label' }, label), tie, rows, add, text.node);
  let drawn = null;

  const option = (value, words) => make('option', { value }, words);
  function row(one, index, model) {
    const known = variables();
    const found = known.find(variable => variable.name === one.name);
    const name = make('select', { class: 'form-select form-select-sm', 'aria-label': `条件${index + 1}：变量` }, option('', '请选择变量'),
      ...known.map(variable => option(variable.name, variable.title ? `${variable.title}（${variable.name}）` : variable.name)),
      ...(one.name && !found ? [option(one.name, `${one.name}（前面没有给出）`)] : []));
    name.value = one.name;
    const operator = make('select', { class: 'form-select form-select-sm', 'aria-label': `条件${index + 1}：比较` }, ...OPERATORS.map(([value, words]) => option(value, words)));
    operator.value = one.operator;
    const bare = one.value.replace(/^"|"$/g, '');
    const boolean = one.value === 'True' || one.value === 'False';
    const choices = found?.options?.map(({ value, label: words }) => [`"${value}"`, words]) ?? (boolean ? [['True', '是'], ['False', '否']] : null);
    const value = choices
      ? make('select', { class: 'form-select form-select-sm', 'aria-label': `条件${index + 1}：值` }, option('', '请选择'), ...choices.map(([key, words]) => option(key, words)))
      : make('input', { class: 'form-control form-control-sm', 'aria-label': `条件${index + 1}：值`, placeholder: '值' });
    if (choices && one.value && one.value !== '""' && !choices.some(([key]) => key === one.value)) value.append(option(one.value, bare));
    value.value = choices ? one.value : bare;
    const drop = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', 'aria-label': `删除条件${index + 1}` }, '删除');
    const change = () => {
      model.rows[index] = { name: name.value, operator: operator.value, value: choices ? value.value || '""' : literal(value.value) };
      store(model);
    };
    name.addEventListener('change', () => { const chosen = known.find(variable => variable.name === name.value); if (chosen?.kind === 'boolean') value.value = 'True'; change(); draw(true); });
    operator.addEventListener('change', change);
    if (choices) value.addEventListener('change', change);
    else typed(value, { get: () => model.rows[index]?.value.replace(/^"|"$/g, '') ?? '', set: change });
    drop.addEventListener('click', () => { model.rows.splice(index, 1); store(model); draw(true); });
    return make('div', { class: 'studio-row' }, name, operator, value, drop);
  }
  let model = { tie: 'and', rows: [] };
  function store(next) { drawn = writeCondition(next); set(drawn); text.refresh(); }
  function draw(force = false) {
    const now = get();
    if (!force && drawn === now) return;
    if (!force || now !== drawn) model = readCondition(now);
    drawn = now;
    const simple = model !== null;
    for (const part of [rows, add]) part.hidden = !simple;
    tie.hidden = !simple || model.rows.length < 2;
    if (!simple) return;
    tie.value = model.tie;
    rows.replaceChildren(...model.rows.map((one, index) => row(one, index, model)));
  }
  tie.addEventListener('change', () => { model.tie = tie.value; store(model); });
  add.addEventListener('click', () => { model.rows.push({ name: '', operator: '==', value: '""' }); draw(true); rows.lastChild.querySelector('select').focus(); });
  return { node, refresh: () => { draw(); text.refresh(); } };
}
