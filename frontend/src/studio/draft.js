// Saves a draft by itself, for the three editors. `PUT url` with { file, content, revision } answers { revision, saved_at }, or
// 409 { message, comparison } when somebody saved meanwhile. What could not be saved is kept in this browser until it could.
import { button, clock, dialog, download, later, make, send } from './page.js';

// Windows of one browser tell each other that something was saved or made, so that lists which name it can be fetched again.
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('gongjiang-studio') : null;
export function tellOthers() { channel?.postMessage('saved'); }
export function whenOthersSave(action) { channel?.addEventListener('message', action); }

const CHANGED = '有改动，即将自动保存';
const WAITS = [3, 6, 12, 24, 48].map(seconds => seconds * 1000);

export class Draft {
  // `read()` gives the present content (may be a promise); `restore(content)` puts one back; `compare(theirs, mine)` gives an element.
  constructor({ url, file, type, revision, read, restore, compare, state, banner, onSaved }) {
    Object.assign(this, { url, file, type, read, restore, compare, stateLine: state, banner, onSaved });
    this.revision = Number(revision ?? 0);
    this.key = `gongjiang-studio ${url} ${file}`;
    this.version = 0; // Counts the changes; saved up to `savedVersion`.
    this.savedVersion = 0;
    this.failures = 0;
    this.blocked = null; // The reason why nothing may be saved: 'conflict', 'lossy', 'refused'.
    this.running = null;
    this.soon = later(() => this.save(), 2000);
    this.keepSoon = later(() => { if (this.dirty) this.keep(); }, 600); // For a page that is left, or a browser that dies, before the save.
    window.addEventListener('online', () => { if (this.dirty) this.save(); });
    window.addEventListener('beforeunload', event => { if (this.dirty) { event.preventDefault(); this.soon.now(); } });
    this.say(revision ? '没有未保存的改动' : '尚未保存');
  }

  get dirty() { return this.version > this.savedVersion; }

  say(words, kind = '') {
    this.stateLine.textContent = words;
    this.stateLine.dataset.kind = kind;
  }

  changed() {
    this.version += 1;
    this.keepSoon();
    if (this.blocked) return;
    this.say(CHANGED);
    this.soon();
  }

  // At once; resolves when the server has it or has refused. One request at a time: a later one starts from its revision.
  async save() {
    this.soon.cancel();
    if (this.running) { await this.running; if (!this.dirty) return; }
    if (this.blocked || !this.dirty) return;
    this.running = this.put().finally(() => { this.running = null; });
    await this.running;
  }

  async put() {
    const version = this.version;
    this.content = await this.read();
    this.say('正在保存…');
    const answer = await send('PUT', this.url, { file: this.file, content: this.content, revision: this.revision });
    if (answer.ok) {
      this.revision = answer.data.revision;
      this.savedVersion = version;
      this.failures = 0;
      this.forget();
      // What was changed while this went out is not saved yet, and nobody may be told so.
      this.say(this.dirty ? CHANGED : `已自动保存 ${clock(new Date(answer.data.saved_at ?? Date.now()))}`);
      this.onSaved?.(answer.data);
      tellOthers();
      if (this.dirty) this.soon();
      return;
    }
    const kept = this.keep(this.content);
    const where = kept ? '改动已留在这台电脑上，不会丢失。' : '请用“下载我的版本”保存到电脑。';
    if (answer.status === 409) this.conflict(answer.data);
    else if (answer.status === 401 || answer.status === 403) { this.say(`${answer.status === 401 ? '登录已过期，请在另一个窗口重新登录' : '您没有修改的权限'}。${where}`, 'problem'); this.retry(); }
    else if (answer.status >= 400 && answer.status < 500) { this.blocked = 'refused'; this.say(`没有保存：${answer.data.message ?? '内容没有被接受'}。${where}`, 'problem'); this.offer(answer.data.message ?? '这份内容没有被接受。'); }
    else { this.say(`连接中断，未能保存，正在重试。${where}`, 'problem'); this.retry(); }
  }

  retry() {
    setTimeout(() => { if (this.dirty) this.save(); }, WAITS[Math.min(this.failures++, WAITS.length - 1)]);
  }

  // ---- the copy in this browser ----

  async keep(content) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ content: content ?? await this.read(), revision: this.revision, at: Date.now() }));
      return true;
    } catch { return false; }
  }

  forget() { try { localStorage.removeItem(this.key); } catch { /* Then nothing was kept either. */ } }

  kept() {
    try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; }
  }

  // A copy that was not saved the last time: asked for, never put back silently.
  offerKept(current) {
    const kept = this.kept();
    if (!kept || kept.content === current) { this.forget(); return; }
    const when = new Date(kept.at).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' });
    const newer = kept.revision !== this.revision ? '服务器上的草稿在那之后又有新的保存，恢复前请先查看差别。' : '';
    this.notice(`上次有改动没有保存到服务器（${when}）。${newer}`, [
      ['恢复这些改动', async () => { await this.restore(kept.content); this.changed(); }],
      ['查看差别', () => this.showDifference(current, kept.content), true],
      ['下载', () => this.downloadMine(kept.content), true],
      ['丢弃', () => this.forget()],
    ]);
  }

  notice(text, actions) {
    const line = make('div', { class: 'studio-banner', role: 'alert' }, make('p', {}, text));
    for (const [words, action, stays] of actions) line.append(button(words, () => { if (!stays) line.remove(); action(); }));
    this.banner.append(line);
    return line;
  }

  // ---- somebody else was first, or the content is refused ----

  downloadMine(content) { download(`我的版本-${this.file}`, content ?? this.content, this.type); }

  showDifference(theirs, mine) {
    const place = make('div', { class: 'studio-difference' });
    dialog('查看差别：左边是服务器上的，右边是我的', place, [['关闭', null, 'primary']], { wide: true });
    this.compare(place, theirs, mine);
  }

  offer(message) {
    this.notice(`${message} 您的改动没有丢失。`, [
      ['下载我的版本', async () => this.downloadMine(await this.read()), true],
      ['再试一次', () => { this.blocked = null; this.save(); }],
    ]);
  }

  conflict({ message, comparison = {} }) {
    this.blocked = 'conflict';
    const who = comparison.by ? `${comparison.by}在${comparison.saved_at ? clock(new Date(comparison.saved_at)) : '刚才'}保存了新的版本` : '别人已经保存了新的版本';
    this.say(`没有保存：${who}。您的改动没有丢失。`, 'problem');
    const line = this.notice(message ?? `${who}，您的改动没有覆盖它。`, [
      ...(comparison.content !== undefined ? [['查看差别', async () => this.showDifference(comparison.content, await this.read()), true]] : []),
      ...(comparison.url ? [['打开对方的版本', () => window.open(comparison.url, '_blank', 'noopener'), true]] : []),
      ['下载我的版本', async () => this.downloadMine(await this.read()), true],
      ['改用对方的版本', () => dialog('改用对方的版本', '您的改动将先下载到电脑，然后载入对方的版本。', [['返回'], ['下载并载入', async () => {
        this.downloadMine(await this.read()); this.savedVersion = this.version; this.forget(); setTimeout(() => location.reload(), 500);
      }, 'primary']]), true],
      ...(comparison.revision !== undefined ? [['以我的版本继续', () => dialog('以我的版本继续', '对方的改动将由您的版本代替（对方的版本仍留在历史中）。请先查看差别。', [['返回'], ['用我的版本代替', () => {
        line.remove(); this.revision = comparison.revision; this.blocked = null; this.save();
      }, 'danger']]), true]] : []),
    ]);
  }
}

// Who else has this draft open: `POST url` { file } answers { others: [{ name }] }, every 20 seconds.
export function presence(url, file, line) {
  async function ask() {
    const answer = await send('POST', url, { file });
    if (!answer.ok) return;
    const names = (answer.data.others ?? []).map(one => one.name);
    line.textContent = names.length ? `${names.join('、')} 也在编辑` : '';
    line.hidden = !names.length;
  }
  ask();
  setInterval(() => { if (!document.hidden) ask(); }, 20000);
}
