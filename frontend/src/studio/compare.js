// Two versions of a diagram side by side: marks with words for what was added, removed, changed and moved, and a list that names the
// changed properties and jumps to them.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { diff } from 'bpmn-js-differ';
import { keepLoopVariables } from './loops.js';
import moddle from './moddle.js';
import { changesBetween, nameOf } from './describe.js';
import { button, make } from './page.js';
import { fitDiagram } from './view.js';

const WORDS = { added: '新增', removed: '删除', changed: '修改', moved: '移动' };

function viewerIn(place) {
  const viewer = new NavigatedViewer({ container: place, moddleExtensions: { spiffworkflow: moddle } });
  keepLoopVariables(viewer);
  return viewer;
}

// Everything with an id that is drawn or is a process: id → object.
function objectsOf(viewer) {
  const found = new Map();
  for (const element of viewer.get('elementRegistry').getAll()) {
    const object = element.businessObject;
    if (!object?.id || element.labelTarget) continue;
    found.set(object.id, object);
    if (object.processRef) found.set(object.processRef.id, object.processRef);
  }
  return found;
}

// bpmn-js-differ tells what was added, removed and moved; which properties changed we read ourselves, because it takes the extension
// elements as one thing.
export function differences(left, right) {
  const found = diff(left.getDefinitions(), right.getDefinitions());
  const before = objectsOf(left);
  const after = objectsOf(right);
  const list = [];
  const drawn = id => before.has(id) || after.has(id);
  for (const id of Object.keys(found._removed)) if (drawn(id) && !after.has(id)) list.push({ kind: 'removed', id, object: before.get(id), changes: [] });
  for (const id of Object.keys(found._added)) if (drawn(id) && !before.has(id)) list.push({ kind: 'added', id, object: after.get(id), changes: [] });
  for (const [id, object] of after) {
    if (!before.has(id)) continue;
    const changes = changesBetween(before.get(id), object);
    if (changes.length) list.push({ kind: 'changed', id, object, changes });
    else if (found._layoutChanged[id] && object.$type !== 'bpmn:SequenceFlow') list.push({ kind: 'moved', id, object, changes: [] });
  }
  const order = ['added', 'removed', 'changed', 'moved'];
  return list.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function mark(viewer, { id, kind }) {
  const element = viewer.get('elementRegistry').get(id);
  if (!element || !element.parent) return;
  viewer.get('canvas').addMarker(id, `compare-${kind}`);
  if (element.waypoints) return;
  viewer.get('overlays').add(id, { position: { top: -11, left: 0 }, html: make('span', { class: `compare-word compare-word-${kind}` }, WORDS[kind]), scale: { min: 0.6 } });
}

function together(one, other) {
  let moving = false;
  for (const [from, to] of [[one, other], [other, one]]) {
    from.on('canvas.viewbox.changed', ({ viewbox }) => {
      if (moving) return;
      moving = true;
      const { x, y, width, height } = viewbox;
      to.get('canvas').viewbox({ x, y, width, height });
      moving = false;
    });
  }
}

function jump(viewers, id) {
  for (const viewer of viewers) {
    const element = viewer.get('elementRegistry').get(id);
    if (!element) continue;
    viewer.get('canvas').zoom(Math.max(viewer.get('canvas').zoom(), 0.7));
    if (element.parent) viewer.get('canvas').scrollToElement(element, 100);
    for (const one of viewers) { one.get('canvas').getContainer().querySelectorAll('.compare-focus').forEach(node => node.classList.remove('compare-focus')); }
    viewers.forEach(one => { if (one.get('elementRegistry').get(id)) one.get('elementRegistry').getGraphics(id).classList.add('compare-focus'); });
    return;
  }
}

// A diagram that is fitted into half a window shows everything and tells nothing: begin where something was changed.
function showFirst(viewer, found) {
  const canvas = viewer.get('canvas');
  const shapes = found.map(({ id }) => viewer.get('elementRegistry').get(id)).filter(one => one?.parent && !one.waypoints);
  const first = shapes.find(one => !one.children?.length && one.width < 400);
  if (!first || canvas.zoom() >= 0.5) return;
  const { outer } = canvas.viewbox();
  const [width, height] = [outer.width / 0.7, outer.height / 0.7];
  canvas.viewbox({ x: first.x + first.width / 2 - width / 2, y: first.y + first.height / 2 - height / 2, width, height });
}

function line(viewers, titles, { kind, id, object, changes }) {
  const name = make('button', { type: 'button', class: 'studio-jump' }, nameOf(object));
  name.addEventListener('click', () => jump(viewers, id));
  const rows = changes.map(one => make('tr', {}, make('th', { scope: 'row' }, one.name), make('td', {}, one.before || '（无）'), make('td', {}, one.after || '（无）')));
  return make('li', { 'data-kind': kind }, make('span', { class: `compare-word compare-word-${kind}` }, WORDS[kind]), ' ', name,
    ...(rows.length ? [make('table', { class: 'table table-sm compare-table' }, make('thead', {}, make('tr', {}, ...['属性', ...titles].map(words => make('th', { scope: 'col' }, words)))), make('tbody', {}, ...rows))] : []));
}

// Fills `place` with both diagrams and the list; resolves to the differences.
export async function compareDiagrams(place, before, after, { left = '原来的版本', right = '现在的版本' } = {}) {
  const panes = [left, right].map(words => {
    const picture = make('div', { class: 'compare-picture' });
    return { picture, node: make('figure', { class: 'compare-pane' }, make('figcaption', {}, words), picture) };
  });
  const list = make('ol', { class: 'compare-list' });
  const summary = make('p', { class: 'compare-summary', role: 'status' }, '正在比较…');
  const viewers = panes.map(() => null);
  const fit = () => fitDiagram(viewers[1], { left: 12, right: 12, top: 20, bottom: 45 });
  const tools = make('div', { class: 'compare-tools' }, summary, button('适合窗口', fit), button('100%', () => viewers[1].get('canvas').zoom(1, 'auto')));
  place.classList.add('compare');
  place.replaceChildren(tools, make('div', { class: 'compare-panes' }, ...panes.map(({ node }) => node)), list);
  panes.forEach(({ picture }, index) => { viewers[index] = viewerIn(picture); });
  await viewers[0].importXML(before);
  await viewers[1].importXML(after);
  const found = differences(...viewers);
  for (const one of found) {
    if (one.kind !== 'added') mark(viewers[0], one);
    if (one.kind !== 'removed') mark(viewers[1], one);
  }
  const count = kind => found.filter(one => one.kind === kind).length;
  summary.textContent = found.length ? Object.entries(WORDS).filter(([kind]) => count(kind)).map(([kind, words]) => `${words} ${count(kind)} 处`).join('，') : '两个版本的流程图没有差别。';
  list.replaceChildren(...found.map(one => line(viewers, [left, right], one)));
  together(...viewers);
  fit();
  showFirst(viewers[1], found);
  return found;
}
