// Shows a file in the page: <a href="/attachments/1?inline=1" data-preview="application/pdf" data-download="/attachments/1">.
// Reviewers go through the papers of a case one after the other, so the dialog leads to the next and the previous one; a paper
// to which the page leads from two places is one.
// Without JavaScript the link opens the file in a new window; on a screen where the browser shows no PDF inside a page it does too.
import Modal from 'bootstrap/js/src/modal.js';
import { make } from './page.js';

const PDF = 'application/pdf';

function showsInside(type) {
  return type !== PDF || navigator.pdfViewerEnabled !== false;
}

function picture(link, name) {
  if (link.dataset.preview === PDF) return make('iframe', { class: 'preview-paper', src: `${link.href}#view=FitH&navpanes=0`, title: name });
  const image = make('img', { class: 'preview-picture', src: link.href, alt: name });
  image.addEventListener('error', () => image.replaceWith(make('p', { class: 'notice notice-wrong', role: 'alert' }, '这份文件没有打开。请下载后查看，或稍后重试。')));
  return image;
}

function open(first) {
  const every = [...document.querySelectorAll('a[data-preview]')].filter(link => showsInside(link.dataset.preview));
  const links = every.filter((link, at) => every.findIndex(one => one.href === link.href) === at);
  let place = links.findIndex(link => link.href === first.href);
  const title = make('h2', { class: 'modal-title fs-5', id: 'preview-title' });
  const count = make('span', { class: 'quiet', 'aria-live': 'polite' });
  const body = make('div', { class: 'modal-body preview-body' });
  const back = make('button', { type: 'button', class: 'btn btn-outline-secondary' }, '上一份');
  const next = make('button', { type: 'button', class: 'btn btn-outline-secondary' }, '下一份');
  const outside = make('a', { class: 'btn btn-outline-secondary', target: '_blank', rel: 'noopener' }, '在新窗口打开');
  const keep = make('a', { class: 'btn btn-outline-secondary', download: '' }, '下载');
  const close = make('button', { type: 'button', class: 'btn btn-primary preview-close', 'data-bs-dismiss': 'modal' }, '关闭');
  const root = make('div', { class: 'modal preview', tabindex: '-1', 'aria-modal': 'true', 'aria-labelledby': 'preview-title' },
    make('div', { class: 'modal-dialog modal-fullscreen' }, make('div', { class: 'modal-content' },
      make('div', { class: 'modal-header' }, title, count, close), body,
      make('div', { class: 'modal-footer' }, back, next, outside, keep))));

  function show() {
    const link = links[place];
    const name = link.dataset.name || link.textContent.trim();
    title.textContent = name;
    count.textContent = `${place + 1}／${links.length}`;
    back.disabled = place === 0;
    next.disabled = place === links.length - 1;
    outside.href = link.href;
    keep.href = link.dataset.download || link.href;
    body.replaceChildren(picture(link, name));
  }
  const step = by => { if (links[place + by]) { place += by; show(); } };
  back.addEventListener('click', () => step(-1));
  next.addEventListener('click', () => step(1));
  root.addEventListener('keydown', event => {
    if (event.key === 'ArrowLeft') step(-1);
    if (event.key === 'ArrowRight') step(1);
  });
  document.body.append(root);
  const modal = new Modal(root);
  root.addEventListener('shown.bs.modal', () => close.focus());
  root.addEventListener('hidden.bs.modal', () => { modal.dispose(); root.remove(); (links[place].href === first.href ? first : links[place]).focus(); });
  show();
  modal.show();
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-preview]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !showsInside(link.dataset.preview)) return;
  event.preventDefault();
  open(link);
});
