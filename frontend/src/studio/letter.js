// The text of a notice: what may stand in it is inserted or completed, and the letter is shown as it will be, while it is written.
//   <section data-letter-preview data-places='[{"name", "title", "sample"}]'> <p data-letter-subject> <p data-letter-body> <p data-letter-unknown>
import { make } from './page.js';

const PLACE = /\{([^{}\s]{1,40})\}/g;
const OPEN = /\{([^{}\s]*)$/;

function insert(area, text, from = area.selectionStart) {
  area.focus();
  area.setRangeText(text, from, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

// The text with its places filled in; what is unknown stands out.
function filled(text, samples) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(PLACE)) {
    parts.push(text.slice(last, found.index), samples.has(found[1]) ? samples.get(found[1]) : make('mark', {}, found[0]));
    last = found.index + found[0].length;
  }
  return [...parts, text.slice(last)];
}

// A list below the text with what fits behind an opened brace: arrow keys choose, Enter or Tab take, Esc closes.
function completing(area, places) {
  const list = make('ul', { class: 'letter-complete', id: 'letter-complete', role: 'listbox', 'aria-label': '可以插入的内容', hidden: '' });
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) area.setAttribute(name, value);
  area.after(list);
  let shown = [];
  let at = 0;
  const typed = () => OPEN.exec(area.value.slice(0, area.selectionStart))?.[1];
  function close() { shown = []; list.hidden = true; area.setAttribute('aria-expanded', 'false'); area.removeAttribute('aria-activedescendant'); }
  function mark() {
    [...list.children].forEach((line, index) => line.setAttribute('aria-selected', String(index === at)));
    area.setAttribute('aria-activedescendant', `letter-place-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }
  function take(place) {
    const from = area.selectionStart - typed().length - 1;
    close();
    insert(area, `{${place.name}}`, from);
  }
  area.addEventListener('input', () => {
    const word = typed();
    shown = word === undefined ? [] : places.filter(one => one.name.startsWith(word) || one.title.includes(word));
    if (!shown.length) { close(); return; }
    at = 0;
    list.replaceChildren(...shown.map((one, index) => {
      const line = make('li', { id: `letter-place-${index}`, role: 'option' }, `${one.title}`, make('span', {}, one.sample));
      line.addEventListener('mousedown', event => { event.preventDefault(); take(one); });
      return line;
    }));
    list.hidden = false;
    area.setAttribute('aria-expanded', 'true');
    mark();
  });
  area.addEventListener('blur', close);
  area.addEventListener('keydown', event => {
    if (!shown.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + shown.length) % shown.length; mark(); }
    else if (event.key === 'Enter' || event.key === 'Tab') take(shown[at]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  });
}

export function letterOf(form, area) {
  const place = form.querySelector('[data-letter-preview]');
  if (!place) return;
  const places = JSON.parse(place.dataset.places);
  const samples = new Map(places.map(one => [one.name, one.sample]));
  const [subject, body, unknown] = ['subject', 'body', 'unknown'].map(name => place.querySelector(`[data-letter-${name}]`));
  const show = () => {
    const [first, ...rest] = area.value.split('\n');
    subject.replaceChildren(...filled(first.trim(), samples));
    body.replaceChildren(...filled(rest.join('\n').trim(), samples));
    const missing = [...new Set([...area.value.matchAll(PLACE)].map(found => found[1]))].filter(name => !samples.has(name));
    const said = missing.length ? `没有人填写的占位符：${missing.join('、')}。请从“可以插入的内容”中选择。` : '';
    if (unknown.textContent !== said) unknown.textContent = said;
  };
  for (const button of form.querySelectorAll('[data-insert]')) button.addEventListener('click', () => insert(area, button.dataset.insert));
  area.addEventListener('input', show);
  completing(area, places);
  show();
}
