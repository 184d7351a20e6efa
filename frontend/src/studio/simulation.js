// Token simulation: its Chinese, and its colours, which build.mjs took out of the HTML because our policy forbids style attributes.
import { observeWords } from './dictionary.js';
import { simulationPatterns, simulationWords } from './words.js';

function paint(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  for (const element of [node, ...node.querySelectorAll('[data-inline-style]')]) {
    if (element.dataset.inlineStyle) element.style.cssText += element.dataset.inlineStyle;
  }
}

export function dressSimulation(canvas) {
  new MutationObserver(changes => { for (const { addedNodes } of changes) addedNodes.forEach(paint); }).observe(canvas, { childList: true, subtree: true });
  observeWords(canvas, simulationWords, { patterns: simulationPatterns, ignore: '.djs-element, .djs-direct-editing-parent, .djs-search-container' });
}
