// For libraries whose texts are written into their code: an observer that puts the Chinese of a dictionary in their place, in
// texts, titles, placeholders and labels. What people wrote is left alone: only whole texts of the dictionary are replaced.
const ATTRIBUTES = ['title', 'placeholder', 'aria-label', 'data-tooltip', 'alt'];

export function observeWords(root, dictionary, { patterns = [], ignore = null } = {}) {
  const look = text => {
    const trimmed = text.trim();
    if (!trimmed || !/[A-Za-z]/.test(trimmed)) return null;
    let found = dictionary[trimmed];
    if (found === undefined) for (const [pattern, replacement] of patterns) if (pattern.test(trimmed)) { found = trimmed.replace(pattern, replacement); break; }
    return found === undefined || found === trimmed ? null : text.replace(trimmed, found);
  };
  function visit(node) {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (!parent || parent.isContentEditable || (ignore && parent.closest(ignore)) || parent.closest('textarea, code')) return;
      const found = look(node.data);
      if (found !== null) node.data = found;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || (ignore && node.matches(ignore))) return;
    for (const name of ATTRIBUTES) {
      const found = node.hasAttribute(name) ? look(node.getAttribute(name)) : null;
      if (found !== null) node.setAttribute(name, found);
    }
    for (const child of node.childNodes) visit(child);
  }
  visit(root);
  new MutationObserver(changes => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'childList') addedNodes.forEach(visit);
      else if (target.nodeType === Node.TEXT_NODE) visit(target);
      else visitAttributes(target);
    }
  }).observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  function visitAttributes(element) {
    if (ignore && element.closest(ignore)) return;
    for (const name of ATTRIBUTES) {
      const found = element.hasAttribute(name) ? look(element.getAttribute(name)) : null;
      if (found !== null) element.setAttribute(name, found);
    }
  }
}
