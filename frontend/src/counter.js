// How much of a long text is used: <textarea data-maxlength="500">. The text is not cut off; the server says when it is too long.
import { make, mount } from './page.js';

mount('textarea[data-maxlength]', area => {
  const most = Number(area.dataset.maxlength);
  if (!most || area.readOnly) return; // what is only shown is not counted
  const line = make('p', { class: 'text-counter' });
  area.after(line);
  const count = () => {
    // Characters as people count them: a rare character of two code units is one.
    const used = [...area.value].length;
    line.textContent = used > most ? `已输入 ${used} 字，超出 ${used - most} 字` : `已输入 ${used} / ${most} 字`;
    line.classList.toggle('text-danger', used > most);
  };
  area.addEventListener('input', count);
  count();
});
