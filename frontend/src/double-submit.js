// Keeps an impatient second click from sending a form twice. The server is safe against it; this spares people the page
// that says so. Disables the form's submit buttons; `data-repeatable` on a form (a download) leaves them alone.

const sent = new Set();

function buttons(form) {
  return [...form.elements].filter(element => element.type === 'submit' && element.tagName !== 'OBJECT');
}

function release(form) {
  sent.delete(form);
  form.removeAttribute('aria-busy');
  for (const button of buttons(form)) {
    if (button.dataset.sent === undefined) continue;
    delete button.dataset.sent;
    button.disabled = false;
  }
}

document.addEventListener('submit', event => {
  const form = event.target;
  if (form.hasAttribute('data-repeatable')) return;
  if (sent.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  // After this event: a disabled button would not send its name and value, and somebody may still cancel the event.
  setTimeout(() => {
    const byHtmx = form.matches('[hx-post], [hx-get], [data-hx-post], [data-hx-get]');
    if (event.defaultPrevented && !byHtmx) return;
    sent.add(form);
    form.setAttribute('aria-busy', 'true');
    for (const button of buttons(form)) if (!button.disabled) { button.dataset.sent = ''; button.disabled = true; }
  }, 0);
}, true);

// Back from the next page, or an answer that stays on this one.
window.addEventListener('pageshow', () => [...sent].forEach(release));
document.addEventListener('htmx:afterRequest', event => { const form = event.target.closest?.('form'); if (form) release(form); });
