// The choices of a radio, select or checklist: value and words, in the order of the page.
import { typed } from './fields.js';
import { make } from './page.js';

export function optionsField(kit) {
  const rows = make('div', { class: 'studio-rows' });
  const add = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary' }, '添加一个选项');
  const node = make('div', { class: 'studio-field', role: 'group', 'aria-label': '选项' }, make('span', { class: 'studio-label' }, '选项'), rows, add, make('p', { class: 'studio-help' }, '名称给人看；值用英文，用在条件里，部署后请不要改动。'));
  const values = () => kit.field().values ?? [];
  const store = next => kit.edit('values', next);
  let shown = null;

  function row(option, index) {
    const field = (name, words) => {
      const input = make('input', { class: 'form-control form-control-sm', 'aria-label': `选项${index + 1}：${words}`, placeholder: words });
      input.value = option[name] ?? '';
      const show = typed(input, {
        get: () => values()[index]?.[name] ?? '',
        set: text => { if (text.trim()) { const next = values().map((one, at) => (at === index ? { ...one, [name]: text.trim() } : one)); shown = JSON.stringify(next); store(next); } },
      });
      input.addEventListener('blur', () => show());
      return input;
    };
    const drop = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', 'aria-label': `删除选项${index + 1}` }, '删除');
    drop.addEventListener('click', () => store(values().filter((_, at) => at !== index)));
    const up = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary', 'aria-label': `上移选项${index + 1}` }, '上移');
    up.disabled = index === 0;
    up.addEventListener('click', () => { const next = [...values()]; [next[index - 1], next[index]] = [next[index], next[index - 1]]; store(next); });
    return make('div', { class: 'studio-option' }, field('label', '名称'), field('value', '值'), up, drop);
  }
  add.addEventListener('click', () => {
    let number = values().length + 1;
    while (values().some(one => one.value === `option${number}`)) number += 1;
    store([...values(), { label: `选项${number}`, value: `option${number}` }]);
    rows.lastChild?.querySelector('input').select();
  });
  return { node, refresh() {
    const state = JSON.stringify(values());
    if (state === shown) return;
    shown = state;
    rows.replaceChildren(...values().map(row));
  } };
}
