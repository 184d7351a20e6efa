// Completion of names in an expression: a list below the input with the variables and functions that fit what stands before
// the caret. Arrow keys choose, Enter or Tab take, Esc closes.
import { make } from './page.js';

const WORD = /[\p{L}_][\p{L}\p{N}_]*$/u;
let count = 0;

function rankOf(candidate, word) {
  const name = candidate.name.toLowerCase();
  if (!word) return 0;
  if (name.startsWith(word)) return 1;
  return name.includes(word) || (candidate.title ?? '').includes(word) ? 2 : null;
}

export function completing(input, candidates) {
  const id = `studio-complete-${++count}`;
  const list = make('ul', { id, class: 'studio-complete', role: 'listbox', 'aria-label': '可用的变量和函数', hidden: '' });
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': id, 'aria-expanded': 'false', autocomplete: 'off' })) input.setAttribute(name, value);
  input.after(list);
  let shown = [];
  let at = 0;

  const word = () => WORD.exec(input.value.slice(0, input.selectionStart ?? 0))?.[0] ?? '';
  function close() { shown = []; list.hidden = true; list.replaceChildren(); input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); }
  function mark() {
    [...list.children].forEach((line, index) => line.setAttribute('aria-selected', String(index === at)));
    input.setAttribute('aria-activedescendant', `${id}-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }
  function take(candidate) {
    const end = input.selectionStart;
    const start = end - word().length;
    const text = candidate.insert ?? candidate.name;
    input.setRangeText(text, start, end, 'end');
    if (text.endsWith('()')) input.setSelectionRange(start + text.length - 1, start + text.length - 1);
    close();
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
  function open(all = false) {
    const typed = word().toLowerCase();
    if (!all && !typed) { close(); return; }
    shown = candidates().map(one => [rankOf(one, all ? '' : typed), one]).filter(([rank]) => rank !== null)
      .sort((one, other) => one[0] - other[0]).map(([, one]) => one).slice(0, 40);
    if (!shown.length || (shown.length === 1 && shown[0].name.toLowerCase() === typed)) { close(); return; }
    at = 0;
    list.replaceChildren(...shown.map((one, index) => {
      const line = make('li', { id: `${id}-${index}`, role: 'option' }, make('code', {}, one.name), make('span', {}, [one.title, one.from].filter(Boolean).join(' · ')));
      line.addEventListener('mousedown', event => { event.preventDefault(); take(one); });
      return line;
    }));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    mark();
  }
  input.addEventListener('input', event => { if (event.isTrusted) open(); });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', event => {
    if (event.ctrlKey && event.code === 'Space') { event.preventDefault(); open(true); return; }
    if (!shown.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at = (at + step + shown.length) % shown.length; mark(); }
    else if (event.key === 'Enter' || event.key === 'Tab') take(shown[at]);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { showAll: () => { input.focus(); open(true); }, close };
}
