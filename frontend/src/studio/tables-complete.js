// Completion of names in a decision table: what the table may read, in the heads of the conditions and in the cells; in a cell of a
// condition first the choices of its own variable. Cells are no inputs, so the list hangs below the caret.
import { make } from './page.js';

const WORD = /"?[\p{L}_][\p{L}\p{N}_]*$|"$/u;
const CONSTANTS = [{ name: 'True', title: '是' }, { name: 'False', title: '否' }, { name: 'None', title: '没有值' }];

// What may stand in an editable place: `input` is the clause of the column for a cell of a condition.
export function candidatesFor({ reads = [], functions = [] }, { kind, input }) {
  const names = reads.map(({ name, title }) => ({ name, title: title === name ? '' : title, insert: name }));
  const calls = functions.map(({ name, title }) => ({ name, title, insert: `${name}()` }));
  const own = reads.find(({ name }) => name === input?.inputExpression?.text?.trim());
  const choices = (own?.options ?? []).map(({ value, label }) => ({ name: value, title: label, insert: `"${value}"` }));
  if (kind === 'head') return [...names, ...calls];
  return [...choices, ...CONSTANTS.map(one => ({ ...one, insert: one.name })), ...names, ...calls];
}

function rankOf({ name, title = '' }, word) {
  if (!word) return 0;
  if (name.toLowerCase().startsWith(word)) return 1;
  return name.toLowerCase().includes(word) || title.includes(word) ? 2 : null;
}

export class CellCompletion {
  constructor(canvas, { table, lists }) {
    Object.assign(this, { canvas, table, lists, shown: [], at: 0 });
    this.list = make('ul', { class: 'studio-complete tables-complete', role: 'listbox', 'aria-label': '可用的变量和值', hidden: '' });
    for (const name of ['mousedown', 'click']) this.list.addEventListener(name, event => { event.preventDefault(); event.stopPropagation(); });
    canvas.append(this.list);
    canvas.addEventListener('input', event => { if (event.isTrusted) this.open(event.target); }, true);
    canvas.addEventListener('keydown', event => this.key(event), true);
    canvas.addEventListener('focusout', () => this.close(), true);
    canvas.addEventListener('scroll', event => { if (event.target !== this.list) this.close(); }, true);
  }

  place(target) {
    if (!target.isContentEditable) return null;
    if (target.closest('.input-edit')) return target.closest('.ref-text') ? { kind: 'head' } : null;
    const cell = target.closest('.input-cell, .output-cell');
    if (!cell) return null;
    const column = cell.closest('[data-col-id]')?.dataset.colId;
    return { kind: 'cell', input: cell.matches('.input-cell') ? (this.table().input ?? []).find(({ id }) => id === column) : null };
  }

  // The text before the caret, wherever its nodes are: the editor draws them anew while somebody types.
  word() {
    const { anchorNode, anchorOffset } = window.getSelection();
    const place = (anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement)?.closest('[contenteditable]');
    if (!place) return '';
    const before = document.createRange();
    before.setStart(place, 0);
    before.setEnd(anchorNode, anchorOffset);
    return WORD.exec(before.toString())?.[0] ?? '';
  }

  open(target, all = false) {
    const place = this.place(target);
    const typed = this.word();
    if (!place || (!all && !typed)) { this.close(); return; }
    const word = all ? '' : typed.replace('"', '').toLowerCase();
    this.shown = candidatesFor(this.lists(), place).map(one => [rankOf(one, word), one]).filter(([rank]) => rank !== null)
      .sort((one, other) => one[0] - other[0]).map(([, one]) => one).slice(0, 40);
    if (!this.shown.length || (this.shown.length === 1 && this.shown[0].insert === typed)) { this.close(); return; }
    this.at = 0;
    this.list.replaceChildren(...this.shown.map(one => {
      const line = make('li', { role: 'option' }, make('code', {}, one.insert), make('span', {}, one.title ?? ''));
      line.addEventListener('mousedown', () => this.take(one));
      return line;
    }));
    const box = target.getBoundingClientRect();
    this.list.hidden = false;
    const height = this.list.offsetHeight;
    this.list.style.left = `${Math.min(box.left, innerWidth - this.list.offsetWidth - 8)}px`;
    this.list.style.top = `${box.bottom + height > innerHeight ? Math.max(0, box.top - height) : box.bottom}px`;
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((line, index) => line.setAttribute('aria-selected', String(index === this.at)));
    this.list.children[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  close() { this.shown = []; this.list.hidden = true; this.list.replaceChildren(); }

  take({ insert }) {
    const selection = window.getSelection();
    for (let left = this.word().length; left > 0; left -= 1) selection.modify('extend', 'backward', 'character');
    this.close();
    document.execCommand('insertText', false, insert); // the only way that the cell hears of it and can undo it
    if (insert.endsWith('()')) selection.modify('move', 'backward', 'character');
    this.close();
  }

  key(event) {
    if (event.ctrlKey && event.code === 'Space') this.open(event.target, true);
    else if (!this.shown.length) return;
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { this.at = (this.at + (event.key === 'ArrowDown' ? 1 : -1) + this.shown.length) % this.shown.length; this.mark(); }
    else if (event.key === 'Enter' || event.key === 'Tab') this.take(this.shown[this.at]);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
