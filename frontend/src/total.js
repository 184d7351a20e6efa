// The sum of the numbers of a part of a form, live, and again in the question before it is sent:
//   <section> … <input inputmode="decimal" data-most="30"> … <p data-total><strong>总分</strong> <output></output></p> </section>
// A question (data-confirm) of the same form says it with `{total}`. The server adds up for itself.
import { mount } from './page.js';

// What is typed as hundredths, so that 0.1 and 0.2 make 0.3; null for what is empty or no number.
function hundredths(input) {
  const text = input.value.trim().normalize('NFKC');
  return /^\d{1,6}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : null;
}

const shown = number => String(number / 100);

mount('[data-total]', line => {
  const part = line.parentElement;
  const output = line.querySelector('output');
  const count = () => {
    const inputs = [...part.querySelectorAll('input[data-most]')];
    const given = inputs.map(hundredths);
    const filled = given.filter(one => one !== null);
    const most = inputs.reduce((sum, input) => sum + Math.round(Number(input.dataset.most) * 100), 0);
    const left = inputs.length - filled.length;
    const over = inputs.some((input, at) => given[at] !== null && given[at] > Math.round(Number(input.dataset.most) * 100));
    line.dataset.value = shown(filled.reduce((sum, one) => sum + one, 0));
    line.classList.toggle('total-wrong', over);
    output.textContent = `${line.dataset.value} 分（满分 ${shown(most)} 分）${over ? '，有一项超过最高分，请核对' : left ? `，还有 ${left} 项没有打分` : ''}`;
  };
  part.addEventListener('input', count);
  part.addEventListener('change', count);
  count();
});

// The question with the sums of its form in it.
export function withTotal(words, form) {
  const line = form?.querySelector('[data-total]');
  return words.replaceAll('{total}', line?.dataset.value ?? '');
}
