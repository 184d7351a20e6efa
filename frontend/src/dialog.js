// A modal dialog with a sentence and two buttons. Bootstrap's modal, because it keeps the focus inside, closes with Esc
// and gives the focus back; window.confirm can be switched off by the browser and cannot name its buttons.
import Modal from 'bootstrap/js/src/modal.js';
import { make } from './page.js';

let count = 0;

// Shows the dialog; resolves to true when the button `yes` was pressed, to false on every other way out.
// `ready(close)`, if given, receives a function that closes it from outside, and a function that changes the sentence.
export function ask({ title, text, yes, no = '返回', danger = false, ready = null }) {
  const id = `dialog-${++count}`;
  const confirm = make('button', { type: 'button', class: `btn ${danger ? 'btn-danger' : 'btn-primary'}` }, yes);
  const cancel = make('button', { type: 'button', class: 'btn btn-outline-secondary', 'data-bs-dismiss': 'modal' }, no);
  const sentence = make('p', { id: `${id}-text`, class: 'mb-0' }, text);
  const root = make('div', {
    class: 'modal', tabindex: '-1', 'aria-modal': 'true',
    'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-text`,
  }, make('div', { class: 'modal-dialog modal-dialog-centered' }, make('div', { class: 'modal-content' },
    make('div', { class: 'modal-header' }, make('h2', { class: 'modal-title fs-5', id: `${id}-title` }, title)),
    make('div', { class: 'modal-body' }, sentence),
    make('div', { class: 'modal-footer' }, cancel, confirm))));
  document.body.append(root);
  const modal = new Modal(root, { backdrop: 'static' });
  return new Promise(resolve => {
    let answer = false;
    confirm.addEventListener('click', () => { answer = true; modal.hide(); });
    // The safe way out has the focus: Enter pressed once too often must not do what cannot be undone.
    root.addEventListener('shown.bs.modal', () => cancel.focus());
    root.addEventListener('hidden.bs.modal', () => { modal.dispose(); root.remove(); resolve(answer); });
    ready?.(() => modal.hide(), words => { sentence.textContent = words; });
    modal.show();
  });
}
