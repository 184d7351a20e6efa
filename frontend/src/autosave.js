// Nothing that was typed is lost: neither by a full battery of mistakes, nor by a lost session, nor by a dead network.
//   <form data-autosave="/…/draft" data-work-item="17" data-person="3" data-draft-saved-at="2026-11-22T06:03:00+00:00">
//     <span data-save-state role="status"></span>
//   and on the page after a submission: <p data-draft-done="17">推荐已提交。</p>
// Posts the fields every three seconds when they changed, and when the page is left. Expects 2xx with {"saved_at": ISO time};
// 409 with {"message"} means that there is nothing to save to any more. Until the server has confirmed, a copy stays in this
// browser, under the work item and the person, and comes back when the form is opened again and the server knows less.
import { clock, csrfToken, mount } from './page.js';
import { settle } from './conditional.js';
import { ensureRows } from './list-rows.js';

const PERIOD = 3000;
const KEEPALIVE_LIMIT = 60000; // Browsers refuse more than 64 KiB in a request that outlives its page.
const FORGET_AFTER = 7 * 24 * 3600 * 1000;
const PREFIX = 'gongjiang-draft:';

// Text only: files have their own way, and the token is not content.
function entries(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && name !== 'csrf_token');
}

// The browser may refuse to store (private window, full); saving on the server works all the same.
function storage(action) {
  try { return action(window.localStorage); } catch { return null; }
}

function forgetOld() {
  storage(store => {
    for (const key of Object.keys(store)) {
      if (key.startsWith(PREFIX) && Date.now() - (JSON.parse(store.getItem(key)).at ?? 0) > FORGET_AFTER) store.removeItem(key);
    }
  });
}

function fill(form, kept) {
  ensureRows(form, kept.map(([name]) => name));
  const values = new Map();
  for (const [name, value] of kept) values.set(name, [...(values.get(name) ?? []), value]);
  for (const input of form.elements) {
    if (!input.name || ['hidden', 'submit', 'button', 'file', 'fieldset'].includes(input.type)) continue;
    const mine = values.get(input.name) ?? [];
    if (input.type === 'checkbox' || input.type === 'radio') input.checked = mine.includes(input.value);
    else if (input.type === 'select-multiple') for (const option of input.options) option.selected = mine.includes(option.value);
    else if (mine.length) input.value = mine.shift();
  }
  settle(form);
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = `${PREFIX}${form.dataset.person ?? ''}:${form.dataset.workItem ?? form.dataset.autosave}`;
    this.saved = JSON.stringify(entries(form));
    this.busy = false;
    this.known = form.dataset.draftSavedAt || 0; // what the server saved last, by its own clock
    this.restore();
    this.timer = setInterval(() => this.save(), PERIOD);
    form.addEventListener('submit', event => setTimeout(() => { if (!event.defaultPrevented) this.submitted(); }, 0));
    document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') this.save({ leaving: true }); });
    window.addEventListener('pagehide', () => this.save({ leaving: true }));
    window.addEventListener('pageshow', event => { if (event.persisted && !this.timer && !this.over) this.timer = setInterval(() => this.save(), PERIOD); });
  }

  // What is sent now may meet a lost session or a refusal: the copy of this moment is what to come back to.
  submitted() {
    this.stop();
    this.keep(entries(this.form));
  }

  keep(fields) { storage(store => store.setItem(this.key, JSON.stringify({ at: Date.now(), since: this.known, fields }))); }

  stop() { clearInterval(this.timer); this.timer = null; }

  say(words, wrong = false) {
    for (const place of document.querySelectorAll('[data-save-state]')) {
      if (place.textContent !== words) place.textContent = words;
      place.classList.toggle('text-danger', wrong);
    }
  }

  restore() {
    const kept = storage(store => JSON.parse(store.getItem(this.key) ?? 'null'));
    if (!kept) return;
    // This computer's clock may be slow: what was typed after the server's last save is newer, whatever the clock said.
    const saved = Date.parse(this.known);
    const isNewer = kept.at > saved || saved <= Date.parse(kept.since);
    if (!isNewer || JSON.stringify(kept.fields) === this.saved) {
      storage(store => store.removeItem(this.key));
      return;
    }
    fill(this.form, kept.fields);
    this.say(`已恢复 ${clock(kept.at)} 保存在本机的内容`);
  }

  async save({ leaving = false } = {}) {
    if (!this.timer || !this.form.isConnected) return this.form.isConnected ? undefined : this.stop();
    const fields = entries(this.form);
    const now = JSON.stringify(fields);
    if (now === this.saved) return;
    this.keep(fields); // also while an answer is long in coming: it will not be about this
    if (this.busy && !leaving) return;
    const body = new URLSearchParams([...fields, ['csrf_token', csrfToken(this.form)]]).toString();
    this.busy = true;
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: 'POST', body, redirect: 'manual', credentials: 'same-origin', keepalive: leaving && body.length < KEEPALIVE_LIMIT,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      });
      await this.answered(answer, now);
    } catch {
      this.say('未能保存，正在重试（内容已留在本机）', true);
    } finally {
      this.busy = false;
    }
  }

  async answered(answer, now) {
    if (answer.ok) {
      const { saved_at: at } = await answer.json();
      this.saved = now;
      this.known = at ?? this.known;
      if (JSON.stringify(entries(this.form)) === now) { // what was typed meanwhile is not saved, and nobody may be told so
        storage(store => store.removeItem(this.key));
        this.say(`已自动保存 ${clock(at ? new Date(at) : new Date())}`);
      }
      document.dispatchEvent(new Event('session:used'));
    } else if (answer.status === 409) {
      const { message } = await answer.json().catch(() => ({}));
      this.over = true;
      this.stop();
      this.say(message ?? '这份办件已经处理过，不能再保存，请刷新页面查看。', true);
    } else if (answer.type === 'opaqueredirect' || [400, 401, 403].includes(answer.status)) {
      this.say('登录已过期：内容已留在本机，请刷新页面重新登录，登录后会自动恢复', true);
    } else {
      this.say('未能保存，正在重试（内容已留在本机）', true);
    }
  }
}

forgetOld();
// The page after a submission says which work item is done, and its copy goes.
mount('[data-draft-done]', element => storage(store => {
  for (const key of Object.keys(store)) if (key.startsWith(PREFIX) && key.endsWith(`:${element.dataset.draftDone}`)) store.removeItem(key);
}));
mount('form[data-autosave]', form => new Autosave(form));
