// The frame of the three editors: a bar with the state of the draft and who else is there, banners, the work, and what is below.
import { make } from './page.js';

const STEPS = [['draft', '草稿'], ['checked', '已检查'], ['deployed', '已部署']];

export function frame(place, { title }) {
  const steps = make('ol', { class: 'studio-steps', 'aria-label': '状态' }, ...STEPS.map(([id, words]) => make('li', { 'data-step': id }, words)));
  const detail = make('span', { class: 'studio-step-detail' });
  const state = make('p', { class: 'studio-save-state', role: 'status', 'data-save-state': '' });
  const others = make('p', { class: 'studio-others', role: 'status', hidden: '' });
  const tools = make('div', { class: 'studio-tools', role: 'toolbar', 'aria-label': '工具' });
  const banner = make('div', { class: 'studio-banners' });
  const work = make('div', { class: 'studio-work' });
  const below = make('section', { class: 'studio-below' });
  place.classList.add('studio');
  place.replaceChildren(
    make('header', { class: 'studio-head' }, make('strong', { class: 'studio-title' }, title), steps, detail, others, state), tools, banner, work, below);

  function setState(id, words = '') {
    place.dataset.state = id;
    const at = STEPS.findIndex(([step]) => step === id);
    [...steps.children].forEach((step, index) => {
      step.classList.toggle('studio-step-done', index < at);
      if (index === at) step.setAttribute('aria-current', 'step'); else step.removeAttribute('aria-current');
    });
    detail.textContent = words;
    // What needs a checked draft (a button that deploys) can be used once there is one.
    for (const element of document.querySelectorAll('[data-studio-needs-checked]')) element.disabled = id === 'draft';
  }
  return { tools, banner, work, below, state, others, setState };
}
