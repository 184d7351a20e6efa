// Asks before what cannot be undone. On a submit button or a link:
//   data-confirm="驳回后该候选人本轮不能再次推荐。确定驳回？"   the consequence in words
//   data-check on its form: address that says, for what is filled in, whether it would be accepted ({"fits": true})
//   data-confirm-danger                                    red button (so has a red button itself)
// The confirming button carries the words of the button itself. Without JavaScript the button simply submits.
import { ask } from './dialog.js';
import { withTotal } from './total.js';

const agreed = new WeakSet();

// What the server would send back with its sentences is sent at once. If the check itself fails, the question is asked.
async function fits(form, target) {
  const data = new FormData(form);
  if (target.name) data.append(target.name, target.value);
  try {
    const answer = await fetch(form.dataset.check, { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'application/json' } });
    return !answer.ok || (await answer.json()).fits !== false;
  } catch {
    return true;
  }
}

async function question(event, target) {
  const words = target.textContent.trim() || target.value;
  const form = target.form;
  // Mistakes in the form come first: nobody should agree to something that then is not accepted.
  if (form && !form.noValidate && !target.formNoValidate && !form.reportValidity()) return;
  if (form?.dataset.check && target.type === 'submit' && !(await fits(form, target))) {
    agreed.add(target);
    target.click();
    return;
  }
  const danger = target.hasAttribute('data-confirm-danger') || target.classList.contains('btn-danger');
  if (!(await ask({ title: `请确认：${words}`, text: withTotal(target.dataset.confirm, form), yes: words, danger }))) {
    target.focus();
    return;
  }
  agreed.add(target);
  target.click();
}

// In the capturing phase, so that neither htmx nor the browser has acted yet.
document.addEventListener('click', event => {
  const target = event.target.closest?.('[data-confirm]');
  if (!target || target.disabled) return;
  if (agreed.delete(target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  question(event, target);
}, true);

