// A button that prints the page: <button data-print hidden>. Without scripts it stays away; the browser's own menu prints as well.
import { mount } from './page.js';

mount('[data-print]', button => {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
});
