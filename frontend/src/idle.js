// Warns two minutes before the session ends: <body data-idle-minutes="30" data-ping-url="/account/ping">. Somebody who reads
// a long file does nothing that the server could see. Use in one tab counts for all tabs of the browser.
import { ask } from './dialog.js';
import { csrfToken } from './page.js';

const WARNING = 2 * 60 * 1000;
const KEY = 'gongjiang-last-use';

let last = Date.now(); // When this browser was last in use, in any tab.
let asking = false;
let declined = null; // The `last` for which somebody said that the session may end.
let close = () => {};

function use(moment) {
  last = Math.max(last, moment);
  close();
}

function used() {
  use(Date.now());
  try { localStorage.setItem(KEY, String(last)); } catch { /* Each tab then counts for itself. */ }
}

async function goOn() {
  const answer = await fetch(document.body.dataset.pingUrl ?? '/account/ping', {
    method: 'POST', redirect: 'manual', headers: { 'X-CSRFToken': csrfToken(), Accept: 'application/json' },
  });
  if (answer.ok) used();
  // The session is over already: the page that follows asks for the password, and comes back here.
  else location.reload();
}

async function warn(limit) {
  const before = last;
  const left = () => Math.ceil((limit - (Date.now() - last)) / 1000);
  const sentence = () => `您已较长时间没有操作，${Math.max(left(), 0)} 秒后将自动退出。已填写的内容不会丢失。`;
  let timer;
  asking = true;
  const stay = await ask({
    title: '即将自动退出', text: sentence(), yes: '继续工作', no: '不需要了',
    ready: (hide, say) => { close = hide; timer = setInterval(() => say(sentence()), 1000); },
  });
  clearInterval(timer);
  asking = false;
  close = () => {};
  if (last !== before) return; // Another tab was used meanwhile, and closed the question here.
  if (stay) await goOn().catch(() => {}); // Without a network it is asked again shortly.
  else declined = last;
}

function watch() {
  const limit = Number(document.body.dataset.idleMinutes) * 60 * 1000;
  if (!limit) return;
  const warning = Math.min(WARNING, limit / 2);
  used();
  window.addEventListener('storage', event => { if (event.key === KEY) use(Number(event.newValue)); });
  document.addEventListener('htmx:afterRequest', used);
  document.addEventListener('session:used', used);
  setInterval(() => {
    const left = limit - (Date.now() - last);
    if (left <= 0) location.reload();
    else if (left <= warning && !asking && declined !== last) warn(limit);
  }, 1000);
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', watch);
else watch();
