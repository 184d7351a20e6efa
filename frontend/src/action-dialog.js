// Opens a page of one form in a dialog: <a href="/work-items/1/transfer" data-dialog>转办</a>. The server sends the same page
// without its frame when it is asked by a script; refused, it comes back with its sentences; done, it says where to go on.
// Without JavaScript the link leads to the page.
import Modal from 'bootstrap/js/src/modal.js';
import { make } from './page.js';

let count = 0;

function sentenceOf(text) {
  const page = new DOMParser().parseFromString(text, 'text/html');
  return page.querySelector('[role=alert], .error-what')?.textContent.trim() || '没有成功，请刷新页面后重试。';
}

function show(body, text) {
  body.innerHTML = text;
  window.htmx.process(body);
  const title = body.querySelector('h1');
  if (title) title.id = `${body.id}-title`;
  (body.querySelector('.error-summary') ?? body.querySelector('select, textarea, input:not([type=hidden]), a'))?.focus();
}

async function ask(address, options = {}) {
  return fetch(address, { credentials: 'same-origin', ...options, headers: { 'HX-Request': 'true' } });
}

async function send(event, body) {
  event.preventDefault();
  const form = event.target;
  if (form.hasAttribute('aria-busy')) return;
  form.setAttribute('aria-busy', 'true');
  try {
    const answer = await ask(form.action, { method: 'POST', body: new FormData(form) });
    const next = answer.headers.get('HX-Redirect');
    if (next) { window.location.assign(next); return; }
    const text = await answer.text();
    if (answer.ok || answer.status === 422) { show(body, text); return; }
    fail(body, sentenceOf(text));
  } catch {
    fail(body, '没有连上服务器，内容没有提交。请检查网络后再点一次。');
  }
  form.removeAttribute('aria-busy');
}

function fail(body, sentence) {
  body.querySelector('[data-dialog-error]')?.remove();
  body.prepend(make('div', { class: 'notice notice-wrong', role: 'alert', 'data-dialog-error': '' }, sentence));
}

async function open(link) {
  let text;
  try {
    const answer = await ask(link.href);
    if (!answer.ok) throw new Error(String(answer.status));
    text = await answer.text();
  } catch {
    window.location.assign(link.href); // the page says what is wrong
    return;
  }
  const id = `action-dialog-${++count}`;
  const body = make('div', { class: 'modal-body', id });
  const root = make('div', { class: 'modal action-dialog', tabindex: '-1', 'aria-modal': 'true', 'aria-labelledby': `${id}-title` },
    make('div', { class: 'modal-dialog modal-dialog-centered modal-dialog-scrollable' }, make('div', { class: 'modal-content' }, body)));
  document.body.append(root);
  const modal = new Modal(root, { backdrop: 'static' });
  body.addEventListener('submit', event => send(event, body));
  body.addEventListener('click', event => {
    if (event.target.closest('[data-dialog-close]')) { event.preventDefault(); modal.hide(); }
  });
  root.addEventListener('shown.bs.modal', () => show(body, text), { once: true });
  root.addEventListener('hidden.bs.modal', () => { modal.dispose(); root.remove(); link.focus(); });
  show(body, text);
  modal.show();
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-dialog]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link);
});
