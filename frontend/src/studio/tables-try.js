// The row to try a decision table with: one field per variable that the conditions read, and what the engine answers.
// `POST url` { file, content, inputs } answers { outputs: [{ name: value }], rules: [id of the rule] } or { message }.
import { button, make, send } from './page.js';

const NAMES = /[A-Za-z_]\w*/g;
const WORDS = new Set(['and', 'or', 'not', 'in', 'if', 'else', 'for', 'is', 'True', 'False', 'None', 'len', 'min', 'max', 'sum', 'round', 'abs', 'any', 'all', 'int', 'str', 'bool', 'duration', 'now']);

// [{ name, label, type, choices }] in the order of the columns.
export function variablesOf(table) {
  const found = new Map();
  for (const input of table.input ?? []) {
    const expression = input.inputExpression;
    const text = (expression?.text ?? '').replace(/"[^"]*"/g, '');
    const choices = (input.inputValues?.text ?? '').split(',').map(one => one.trim().replace(/^"|"$/g, '')).filter(Boolean);
    for (const name of text.match(NAMES) ?? []) {
      if (!WORDS.has(name) && !found.has(name)) found.set(name, { name, label: input.label || name, type: expression.typeRef ?? 'string', choices });
    }
  }
  return [...found.values()];
}

function valueOf(input) {
  const { type } = input.dataset;
  if (input.value === '') return null;
  if (type === 'boolean') return input.value === 'true';
  if (['number', 'integer', 'long', 'double'].includes(type)) return Number(input.value);
  return input.value;
}

function control({ name, type, choices, label }) {
  const option = ([value, words]) => make('option', { value }, words);
  const shared = { name, 'data-type': type, 'aria-label': label };
  if (type === 'boolean') return make('select', { ...shared, class: 'form-select form-select-sm' }, ...[['', '未填'], ['true', '是'], ['false', '否']].map(option));
  if (choices.length) return make('select', { ...shared, class: 'form-select form-select-sm' }, option(['', '未填']), ...choices.map(one => option([one, one])));
  const number = ['number', 'integer', 'long', 'double'].includes(type);
  return make('input', { ...shared, class: 'form-control form-control-sm', ...(number ? { type: 'number', step: 'any' } : { type: 'text' }) });
}

const say = value => (value === null || value === undefined ? '（没有）' : value === true ? '是' : value === false ? '否' : typeof value === 'object' ? JSON.stringify(value) : String(value));

export class TryRow {
  constructor(place, { url, file, read, table, mark }) {
    Object.assign(this, { url, file, read, table, mark });
    this.fields = make('div', { class: 'tables-try-fields' });
    this.answer = make('p', { class: 'tables-try-answer', role: 'status' });
    place.append(make('div', { class: 'studio-below-head' }, make('h2', {}, '试一试')), make('div', { class: 'tables-try' }, this.fields, button('试算', () => this.run(), { kind: 'primary' }), this.answer));
    this.fields.addEventListener('keydown', event => { if (event.key === 'Enter') this.run(); });
  }

  refresh() {
    const variables = variablesOf(this.table());
    const state = JSON.stringify(variables);
    if (state === this.shown) return;
    this.shown = state;
    const old = new Map([...this.fields.querySelectorAll('[name]')].map(input => [input.name, input.value]));
    this.fields.replaceChildren(...variables.map(one => {
      const input = control(one);
      if (old.has(one.name)) input.value = old.get(one.name);
      return make('label', {}, make('span', {}, one.label === one.name ? one.name : `${one.label}（${one.name}）`), input);
    }));
    if (!variables.length) this.fields.append(make('p', { class: 'studio-help' }, '先在条件列里写明读哪个变量。'));
  }

  async run() {
    const inputs = Object.fromEntries([...this.fields.querySelectorAll('[name]')].map(input => [input.name, valueOf(input)]));
    this.answer.textContent = '正在试算…';
    const { ok, data } = await send('POST', this.url, { file: this.file, content: await this.read(), inputs });
    this.mark(ok ? data.rules ?? [] : []);
    this.answer.dataset.kind = ok && !data.message ? '' : 'problem';
    if (!ok || data.message) { this.answer.textContent = data.message ?? '暂时不能试算，请稍后再试。'; return; }
    const labels = new Map((this.table().output ?? []).map(one => [one.name, one.label || one.name]));
    const outputs = (data.outputs ?? []).map(one => Object.entries(one).map(([name, value]) => `${labels.get(name) ?? name} = ${say(value)}`).join('，'));
    const rows = this.table().rule ?? [];
    const hit = (data.rules ?? []).map(id => rows.findIndex(rule => rule.id === id) + 1).filter(Boolean);
    this.answer.textContent = outputs.length && hit.length !== 0 ? `命中第 ${hit.join('、')} 行：${outputs.join('；')}` : '没有命中任何一行，结果为空。';
  }
}
