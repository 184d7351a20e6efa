// The page of a text file (notices, scenarios, the manifest as text): saves by itself and tells who else is there, like the editors.
//   <form data-text-editor data-file="messages/todo.txt" data-draft-url data-presence-url data-revision="7"><textarea name="content">
// Without this script the form is sent as any other.
import { Draft, presence } from './draft.js';
import { saveByKey } from './keys.js';
import { letterOf } from './letter.js';
import { make, mount } from './page.js';

function besides(place, theirs, mine) {
  const one = (title, text) => make('div', {}, make('h3', { class: 'fs-6' }, title), make('pre', { class: 'studio-text', tabindex: '0' }, text));
  place.append(make('div', { class: 'studio-texts' }, one('服务器上的', theirs), one('我的', mine)));
}

mount('form[data-text-editor]', form => {
  const { file, draftUrl, presenceUrl, revision } = form.dataset;
  const area = form.querySelector('textarea[name=content]');
  const state = make('p', { class: 'studio-save-state', role: 'status', 'data-save-state': '' });
  const others = make('p', { class: 'studio-others', role: 'status', hidden: '' });
  const banner = make('div', { class: 'studio-banners' });
  form.prepend(make('div', { class: 'studio-text-head' }, others, state), banner);
  const draft = new Draft({
    url: draftUrl, file, type: 'text/plain', revision, state, banner, compare: besides,
    read: () => area.value,
    restore: text => { area.value = text; area.dispatchEvent(new Event('input')); },
    onSaved: ({ revision: saved }) => {
      form.elements.revision.value = saved;
      document.body.dispatchEvent(new CustomEvent('studio-saved')); // The findings below ask again.
    },
  });
  letterOf(form, area);
  area.addEventListener('input', () => draft.changed());
  form.addEventListener('submit', () => { draft.savedVersion = draft.version; draft.soon.cancel(); });
  saveByKey(() => draft.save());
  draft.offerKept(area.value);
  if (presenceUrl) presence(presenceUrl, file, others);
  form.dataset.ready = '';
});
