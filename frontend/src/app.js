// Every page loads this one file: htmx, the parts of Bootstrap that are used, and our own small scripts. No framework: the
// pages are made on the server and work without it; each script adds one thing to elements that ask for it by an attribute.
import htmx from 'htmx.org';
import 'bootstrap/js/src/collapse.js';
import 'bootstrap/js/src/dropdown.js';
import 'bootstrap/js/src/tab.js';
import './action-dialog.js';
import './confirm.js';
import './double-submit.js';
import './conditional.js';
import './counter.js';
import './total.js';
import './upload.js';
import './autosave.js';
import './idle.js';
import './preview.js';
import './print.js';
import { start } from './list-rows.js';
import { mount } from './page.js';

Object.assign(htmx.config, {
  allowEval: false, // The content security policy forbids it, and nothing of ours needs it.
  allowScriptTags: false,
  includeIndicatorStyles: false, // An inline style sheet; its rules are in app.css.
  selfRequestsOnly: true,
  historyCacheSize: 0, // Pages with people's data are not kept in the browser.
  refreshOnHistoryMiss: true,
  defaultSwapStyle: 'outerHTML',
  // A form that was refused comes back with 422 and its sentences, and is shown; other errors are handled below.
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '422', swap: true },
    { code: '[45]..', swap: false, error: true },
  ],
});
window.htmx = htmx;

// The server says what happened and what to do next; without its word (the network is down) we say what we know.
function failed(event) {
  const place = document.querySelector('[data-request-error]');
  if (!place) return;
  place.hidden = false;
  const answer = event.detail?.xhr;
  const said = answer?.responseText ? new DOMParser().parseFromString(answer.responseText, 'text/html').querySelector('[role=alert]') : null;
  if (said) {
    place.textContent = said.textContent.trim();
    return;
  }
  place.textContent = '刚才的操作没有成功，已填写的内容没有丢失。请检查网络后重试；仍不成功时请刷新页面。';
}
document.addEventListener('htmx:responseError', failed);
document.addEventListener('htmx:sendError', failed);

mount('[data-list]', start);
