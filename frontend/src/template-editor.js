// The editor of a paper template: saves by itself, shows what is wrong at its line, and the draft of the sample beside the source.
//   <form data-template-editor data-save-url data-presence-url data-file data-revision> … <textarea name="content"> … </form>
//   <div data-findings data-url="…/findings"></div>   the server's list; its root has data-pdf and data-preview-url
//   <iframe data-preview></iframe>
// Without this script the form saves by its button, and the findings and the paper are links.
import './studio/frame.css';
import { make, mount } from './page.js';
import { Draft, presence } from './studio/draft.js';
import { later } from './studio/page.js';

const find = name => document.querySelector(`[${name}]`);

// Line numbers beside the text, those with faults marked.
class Gutter {
  constructor(place, area) {
    Object.assign(this, { place, area, marks: new Map() });
    area.addEventListener('scroll', () => { place.scrollTop = area.scrollTop; });
    this.draw();
  }

  draw() {
    const count = this.area.value.split('\n').length;
    this.place.replaceChildren(...Array.from({ length: count }, (_, index) => {
      const mark = this.marks.get(index + 1);
      const row = make('span', mark ? { class: mark } : {}, String(index + 1));
      return index + 1 < count ? [row, '\n'] : [row];
    }).flat());
    this.place.scrollTop = this.area.scrollTop;
  }

  mark(links) {
    this.marks = new Map(links.map(link => [Number(link.dataset.line), link.closest('li').querySelector('.state-error') ? 'gutter-wrong' : 'gutter-warned']));
    this.draw();
  }
}

function jump(area, line) {
  const rows = area.value.split('\n');
  const start = rows.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  area.focus();
  area.setSelectionRange(start, start + (rows[line - 1] ?? '').length);
  area.scrollTop = Math.max(0, (line - 6) * Number.parseFloat(getComputedStyle(area).lineHeight));
}

// The findings and, where there is one, the paper; the last answer asked for is the one that is shown.
class Check {
  constructor(gutter, file) {
    Object.assign(this, { gutter, file, round: 0, place: find('data-findings'), frame: find('data-preview'), state: find('data-preview-state') });
  }

  async run() {
    const round = ++this.round;
    this.state.textContent = '正在排版…';
    const answer = await fetch(this.place.dataset.url, { credentials: 'same-origin', redirect: 'manual' }).catch(() => null);
    if (round !== this.round) return;
    if (!answer?.ok) {
      this.state.textContent = '没有取到检查结果，请检查网络后刷新页面';
      return;
    }
    const html = await answer.text();
    if (round !== this.round) return;
    this.place.replaceChildren(...new DOMParser().parseFromString(html, 'text/html').body.children);
    const root = this.place.querySelector('[data-checked]');
    const drawn = root.dataset.pdf === 'yes';
    this.frame.parentElement.classList.toggle('preview-stale', !drawn);
    this.state.textContent = drawn ? '' : this.frame.src ? '有错误，下面是上一次能成文的样子' : '有错误，暂时不能成文';
    if (drawn) this.frame.src = `${root.dataset.previewUrl}#toolbar=0&navpanes=0&view=FitH`;
    const here = [...this.place.querySelectorAll('a[data-line]')].filter(link => link.dataset.file === this.file && link.dataset.line !== '0');
    this.gutter?.mark(here);
    for (const link of here) {
      link.addEventListener('click', event => { event.preventDefault(); jump(this.gutter.area, Number(link.dataset.line)); });
    }
  }
}

function compare(place, theirs, mine) {
  place.replaceChildren(...[['服务器上的', theirs], ['我的', mine]].map(([title, text]) =>
    make('div', {}, make('h3', { class: 'fs-6' }, title), make('pre', { class: 'lines code', tabindex: '0' }, text))));
}

mount('[data-template-editor]', form => {
  const area = form.elements.content;
  const gutter = new Gutter(form.querySelector('[data-gutter]'), area);
  const check = new Check(gutter, form.dataset.file);
  const draft = new Draft({
    url: form.dataset.saveUrl, file: form.dataset.file, type: 'text/plain', revision: form.dataset.revision,
    read: () => area.value, restore: content => { area.value = content; gutter.draw(); }, compare,
    state: find('data-save-state'), banner: find('data-banners'),
    onSaved: ({ revision }) => { form.elements.revision.value = revision; check.run(); },
  });
  draft.soon = later(() => draft.save(), 900); // A page is looked at after each thought, not after each minute.
  draft.offerKept(area.value);
  area.addEventListener('input', () => { gutter.draw(); draft.changed(); });
  area.addEventListener('keydown', event => {
    if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault(); // What people press out of habit would save the web page.
    draft.save();
  });
  form.addEventListener('submit', event => { event.preventDefault(); draft.save(); });
  // The other tabs and the deployment show what is saved, so it is saved first.
  for (const link of document.querySelectorAll('a[data-leave]')) {
    link.addEventListener('click', async event => {
      if (!draft.dirty || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      await draft.save();
      if (!draft.dirty) location.assign(link.href);
    });
  }
  presence(form.dataset.presenceUrl, form.dataset.file, find('data-others'));
  const line = Number(new URLSearchParams(location.search).get('line'));
  if (line > 0) jump(area, line);
  check.run();
  form.dataset.ready = '';
});

// The tab of pictures has no text to save, but findings and a paper.
mount('[data-findings]', place => { if (!find('data-template-editor')) new Check(null, '').run(); });
