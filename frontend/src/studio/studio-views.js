// What is only looked at: two versions side by side, and the live view. Apart from the editor, because people open it on a phone.
//   <div data-studio-compare data-before-url="…" data-after-url="…" data-before-title="第2版" data-after-title="草稿"></div>
//   the page of a text file (text-editor.js), and
//   <div data-studio-live data-diagram-url="…" data-live-url="…"></div>
import { compareDiagrams } from './compare.js';
import './live.js';
import './text-editor.js';
import { fetched, make, mount } from './page.js';
import './studio-views.css';

mount('[data-studio-compare]', async place => {
  const { beforeUrl, afterUrl, beforeTitle, afterTitle } = place.dataset;
  try {
    const [before, after] = await Promise.all([fetched(beforeUrl), fetched(afterUrl)]);
    await compareDiagrams(place, before, after, { left: beforeTitle, right: afterTitle });
    place.dataset.ready = '';
  } catch (error) {
    console.warn(error);
    place.replaceChildren(make('p', { class: 'text-danger', role: 'alert' }, '两个版本暂时无法比较，请刷新页面后再试。'));
  }
});
