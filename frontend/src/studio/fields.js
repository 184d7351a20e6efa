// The kinds of fields in the properties panel. A field reads and writes through `get` and `set`; `refresh` shows the present value
// without making the input anew, because that would take the focus away while somebody types.
import { completing } from './complete.js';
import { button, later, make } from './page.js';

let count = 0;
const pending = new Set();

// Writes what was typed and not yet written. Before saving, checking and changing the selection.
export function flushFields() { for (const write of [...pending]) write.now(); }

// A click that leaves an input first makes it write; redrawing what the mouse is pressed on (the pad beside an element) would
// swallow the click. So what was typed is written when the mouse is up again.
let pressed = false;
const waiting = [];
document.addEventListener('pointerdown', () => { pressed = true; }, true);
for (const name of ['pointerup', 'pointercancel']) {
  document.addEventListener(name, () => setTimeout(() => { pressed = false; for (const write of waiting.splice(0)) write(); }), true);
}
const whenReleased = write => { if (pressed) waiting.push(write); else write(); };

function frame(label, control, { help, after } = {}) {
  const id = `studio-field-${++count}`;
  control.id = id;
  const note = help ? make('p', { class: 'studio-help', id: `${id}-help` }, help) : '';
  if (help) control.setAttribute('aria-describedby', `${id}-help`);
  return make('div', { class: 'studio-field' }, make('label', { for: id }, label), make('div', { class: 'studio-control' }, control, after ?? ''), note);
}

// Ties an input that is typed in to `get` and `set`; answers the function that shows the present value.
export function typed(input, { get, set }) {
  const write = later(() => { pending.delete(write); if (input.value !== get()) set(input.value); }, 700);
  input.addEventListener('input', () => { pending.add(write); write(); });
  input.addEventListener('change', () => whenReleased(() => write.now()));
  // An input that is typed in keeps what is typed; it is written shortly.
  return () => { if (!pending.has(write) && input.value !== get()) input.value = get(); };
}

export function textField({ label, help, get, set, placeholder, suggestions, check }) {
  const input = make('input', { class: 'form-control form-control-sm', type: 'text', placeholder: placeholder ?? null });
  const problem = make('p', { class: 'studio-problem', role: 'alert', hidden: '' });
  const accepted = value => {
    const said = check?.(value) ?? '';
    problem.textContent = said;
    problem.hidden = !said;
    if (!said) set(value);
  };
  const node = frame(label, input, { help });
  node.append(problem);
  if (suggestions) completing(input, suggestions);
  return { node, refresh: typed(input, { get, set: accepted }) };
}

export function areaField({ label, help, get, set, rows = 3 }) {
  const area = make('textarea', { class: 'form-control form-control-sm', rows: String(rows) });
  return { node: frame(label, area, { help }), refresh: typed(area, { get, set }) };
}

// An expression: one line that completes names, and a button that shows what may stand there.
export function expressionField({ label, help, get, set, candidates, placeholder }) {
  const input = make('textarea', { class: 'form-control form-control-sm studio-code', rows: '1', spellcheck: 'false', placeholder: placeholder ?? null });
  const shell = make('div', { class: 'studio-expression' });
  const more = button('变量', () => list.showAll(), { 'aria-label': `${label}：可用的变量和函数` });
  const node = frame(label, input, { help });
  input.replaceWith(shell);
  shell.append(input);
  const list = completing(input, candidates);
  shell.append(more);
  const fit = () => { input.rows = Math.min(5, 1 + Math.floor(input.value.length / 26)); };
  const refresh = typed(input, { get, set });
  input.addEventListener('input', fit);
  input.addEventListener('keydown', event => { if (event.key === 'Enter' && !event.defaultPrevented) { event.preventDefault(); input.dispatchEvent(new Event('change')); } });
  return { node, refresh: () => { refresh(); fit(); } };
}

// `options()` answers [[value, words]] or [[title, [[value, words]]]] for groups. A value that is not offered stays, and is named.
export function selectField({ label, help, get, set, options, empty = '（未选择）', link }) {
  const select = make('select', { class: 'form-select form-select-sm' });
  const after = link ? make('span', { class: 'studio-link' }) : '';
  const one = ([value, words]) => make('option', { value }, words);
  function refresh() {
    const offered = options();
    const known = offered.flatMap(([value, words]) => (Array.isArray(words) ? words.map(([inner]) => inner) : [value]));
    const now = get();
    select.replaceChildren(
      ...(empty === null ? [] : [one(['', empty])]),
      ...offered.map(entry => (Array.isArray(entry[1]) ? make('optgroup', { label: entry[0] }, ...entry[1].map(one)) : one(entry))),
      ...(now && !known.includes(now) ? [one([now, `${now}（系统中没有）`])] : []));
    select.value = now;
    if (link) after.replaceChildren(...[link(now)].flat().filter(Boolean));
  }
  select.addEventListener('change', () => set(select.value));
  const help_ = typeof help === 'function' ? make('p', { class: 'studio-help' }) : null;
  const node = frame(label, select, { help: help_ ? '' : help, after });
  if (help_) node.append(help_);
  return { node, refresh: () => { refresh(); if (help_) help_.textContent = help(get()) ?? ''; } };
}

// Several of a list: check boxes; `get` answers an array of values.
export function checksField({ label, help, get, set, options, none = '没有可选的项目' }) {
  const id = `studio-field-${++count}`;
  const box = make('div', { class: 'studio-checks', role: 'group', 'aria-labelledby': id });
  const node = make('div', { class: 'studio-field' }, make('span', { id, class: 'studio-label' }, label), box, help ? make('p', { class: 'studio-help' }, help) : '');
  let shown = '';
  function refresh() {
    const now = get();
    const offered = options();
    const known = offered.map(([value]) => value);
    const all = [...offered, ...now.filter(value => !known.includes(value)).map(value => [value, `${value}（系统中没有）`])];
    const state = JSON.stringify(all);
    if (state !== shown) {
      shown = state;
      box.replaceChildren(...(all.length ? all.map(([value, words, note]) => {
        const input = make('input', { type: 'checkbox', value, class: 'form-check-input' });
        input.addEventListener('change', () => set([...box.querySelectorAll('input:checked')].map(one => one.value)));
        return make('label', { title: note ?? null }, input, make('span', {}, words));
      }) : [make('p', { class: 'studio-help' }, none)]));
    }
    for (const input of box.querySelectorAll('input')) input.checked = now.includes(input.value);
  }
  return { node, refresh };
}

export function switchField({ label, help, get, set }) {
  const input = make('input', { type: 'checkbox', class: 'form-check-input' });
  input.addEventListener('change', () => set(input.checked));
  const node = make('div', { class: 'studio-field' }, make('label', { class: 'studio-switch' }, input, make('span', {}, label)), help ? make('p', { class: 'studio-help' }, help) : '');
  return { node, refresh: () => { input.checked = get(); } };
}

// Several switches, each with a line of what it does; `options()` answers [[value, words, help, refused]]. What cannot work here
// says why, and can only be turned off.
export function switchesField({ label, help, get, set, options }) {
  const id = `studio-field-${++count}`;
  const box = make('div', { class: 'studio-switches', role: 'group', 'aria-labelledby': id });
  const node = make('div', { class: 'studio-field' }, make('span', { id, class: 'studio-label' }, label), box, help ? make('p', { class: 'studio-help' }, help) : '');
  let shown = '';
  function refresh() {
    const now = get();
    const offered = options();
    const known = offered.map(([value]) => value);
    const all = [...offered, ...now.filter(value => !known.includes(value)).map(value => [value, value, '', '系统中没有这个动作。'])];
    const state = JSON.stringify(all);
    if (state !== shown) {
      shown = state;
      box.replaceChildren(...all.map(([value, words, explained, refused]) => {
        const input = make('input', { type: 'checkbox', role: 'switch', value, class: 'form-check-input', 'aria-label': words });
        input.addEventListener('change', () => set([...box.querySelectorAll('input:checked')].map(one => one.value)));
        return make('label', { class: 'form-check form-switch' }, input, make('span', {}, words), make('small', {}, refused || explained || ''));
      }));
    }
    for (const [index, input] of [...box.querySelectorAll('input')].entries()) {
      input.checked = now.includes(input.value);
      input.disabled = Boolean(all[index][3]) && !input.checked;
    }
  }
  return { node, refresh };
}

// Says below a field what is wrong with it: `words(value)` while somebody types, and again whenever the field is refreshed.
export function judged(field, words) {
  const input = field.node.querySelector('input, textarea, select');
  const problem = make('p', { class: 'studio-problem', role: 'status', hidden: '' });
  field.node.append(problem);
  const judge = () => {
    const said = words(input.value);
    problem.textContent = said;
    problem.hidden = !said;
    input.classList.toggle('is-invalid', Boolean(said));
  };
  input.addEventListener('input', later(judge, 300));
  return { node: field.node, refresh: () => { field.refresh(); judge(); }, judge };
}

export function noteField(text) {
  const node = make('p', { class: 'studio-help' });
  return { node, refresh: () => { node.textContent = typeof text === 'function' ? text() : text; } };
}

export function actionField(words, action) {
  return { node: make('div', { class: 'studio-field' }, button(words, action)), refresh() {} };
}

export function linkField(words, href) {
  return { node: make('div', { class: 'studio-field' }, make('a', { class: 'studio-link', href, target: '_blank', rel: 'noopener' }, words)), refresh() {} };
}
