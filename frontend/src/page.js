// What the other scripts share: run for elements of the page and for those that htmx brings later; words for time and size.

// Calls `start(element)` once for each element that matches, now and whenever new content arrives.
export function mount(selector, start) {
  const started = new WeakSet();
  const scan = root => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (started.has(element)) continue;
      started.add(element);
      start(element);
    }
  };
  const begin = () => {
    scan(document);
    document.body.addEventListener('htmx:load', event => scan(event.detail.elt));
    document.body.addEventListener('rows:added', event => scan(event.target));
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
}

// The token against forged requests: every form of ours carries it; pages without a form have it in a meta element.
export function csrfToken(form) {
  const field = form?.elements.csrf_token ?? document.querySelector('input[name=csrf_token]');
  return field?.value ?? document.querySelector('meta[name=csrf-token]')?.content ?? '';
}

// 14:03, in the district's time, whatever the zone of the computer.
export function clock(moment) {
  return new Intl.DateTimeFormat('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' }).format(moment);
}

// 812 KB, 3.4 MB.
export function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// An element with attributes and children; text is never read as HTML.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
