// What the parts of the studio share: talking JSON to the server, saving a file, small elements.
import { csrfToken, make } from '../page.js';

export { clock, csrfToken, make, mount } from '../page.js';

// Sends JSON and returns { status, ok, data }; `status` 0 means that the server could not be reached. Never throws.
export async function send(method, url, body) {
  try {
    const answer = await fetch(url, {
      method,
      credentials: 'same-origin',
      redirect: 'manual',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    let data = {};
    try { data = await answer.json(); } catch { /* A page instead of an answer, for example the login. */ }
    return { status: answer.type === 'opaqueredirect' ? 401 : answer.status, ok: answer.ok, data };
  } catch {
    return { status: 0, ok: false, data: {} };
  }
}

// Throws with a Chinese sentence when a file cannot be had.
export async function fetched(url, kind = 'text') {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: kind === 'json' ? 'application/json' : '*/*' } }).catch(() => null);
  if (!answer?.ok || answer.redirected) throw new Error('没有取到内容，请检查网络、刷新页面后再试。');
  return kind === 'json' ? answer.json() : answer.text();
}

export function download(name, content, type) {
  const link = make('a', { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export function button(words, action, { kind = 'outline-secondary', ...attributes } = {}) {
  const element = make('button', { type: 'button', class: `btn btn-sm btn-${kind}`, ...attributes }, words);
  element.addEventListener('click', action);
  return element;
}

// Calls `action` once, `wait` milliseconds after the last call; `.now()` does it at once if a call is pending.
export function later(action, wait) {
  let timer = null;
  const run = () => { clearTimeout(timer); timer = null; action(); };
  const call = () => { clearTimeout(timer); timer = setTimeout(run, wait); };
  call.now = () => { if (timer) run(); };
  call.cancel = () => { clearTimeout(timer); timer = null; };
  return call;
}

// A dialog of the browser itself: keeps the focus inside, closes with Esc and gives the focus back. Needs no Bootstrap script.
export function dialog(title, body, buttons, { wide = false } = {}) {
  const root = make('dialog', { class: `studio-dialog${wide ? ' studio-dialog-wide' : ''}`, 'aria-label': title },
    make('h2', { class: 'fs-5' }, title), make('div', { class: 'studio-dialog-body' }, body),
    make('div', { class: 'studio-dialog-buttons' }, ...buttons.map(([words, action, kind]) =>
      button(words, () => { root.close(); action?.(); }, kind ? { kind } : {}))));
  root.addEventListener('close', () => root.remove());
  document.body.append(root);
  root.showModal();
  return root;
}
