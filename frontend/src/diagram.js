// Shows a process diagram, to be looked at only:
//   <div class="diagram" data-diagram-url="/…/diagram.bpmn" data-current="review fill_in" data-done="start check"
//        data-diagram-label="流程图：正在办理的环节是专家评审"></div>
// `data-current` and `data-done` are ids of elements, separated by blanks. The page says the same in words beside it: to a
// screen reader the diagram is one picture with `data-diagram-label` as its name. The bpmn.io mark stays visible (licence).
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { make, mount } from './page.js';
import './diagram.css';

const WORDS = { current: '办理中', done: '已完成' };

const READABLE = 0.75; // below this the words in the boxes can no longer be read
const LINE = 21; // what a lane's name at the edge takes of it, in pixels

// Opens at what is being done: a long diagram that is fitted into the window shows everything and tells nothing.
function open(canvas, registry, ids) {
  const here = ids.split(/\s+/).map((id) => registry.get(id)).filter((element) => element && !element.waypoints);
  fit(canvas);
  if (here.length && canvas.zoom() < READABLE) {
    canvas.zoom(READABLE);
    canvas.scrollToElement(here[0], 120);
  }
}

// Room for the bpmn.io mark in the lower right corner, and for the words on top of the elements.
function fit(canvas) {
  canvas.zoom('fit-viewport', 'auto');
  canvas.zoom(Math.min(canvas.zoom() * 0.92, 1), 'auto');
}

function mark(viewer, ids, kind) {
  const registry = viewer.get('elementRegistry');
  for (const id of ids.split(/\s+/).filter(Boolean)) {
    const element = registry.get(id);
    // A case may stand in a diagram of another version or in a called one: what is not here cannot be marked.
    if (!element) continue;
    viewer.get('canvas').addMarker(id, `diagram-${kind}`);
    if (!element.waypoints) {
      viewer.get('overlays').add(id, { position: { top: -12, left: 0 }, html: make('span', { class: `diagram-word diagram-word-${kind}` }, WORDS[kind]) });
    }
  }
}

function toolbar(canvas, start) {
  const button = (words, action) => {
    const element = make('button', { type: 'button', class: 'btn btn-sm btn-outline-secondary' }, words);
    element.addEventListener('click', action);
    return element;
  };
  return make('div', { class: 'diagram-tools btn-group', role: 'group', 'aria-label': '流程图缩放' },
    button('放大', () => canvas.zoom(canvas.zoom() * 1.25, 'auto')),
    button('缩小', () => canvas.zoom(canvas.zoom() / 1.25, 'auto')),
    button('当前环节', start),
    button('全图', () => fit(canvas)));
}

// Who acts is written at the left end of a lane, out of sight where a long diagram opens at the step that waits: the names of the
// lanes that run through the picture stand at its edge as well.
function laneNames(viewer) {
  const canvas = viewer.get('canvas');
  const edge = make('div', { class: 'diagram-lanes', 'aria-hidden': 'true' });
  const lanes = viewer.get('elementRegistry').filter((element) => element.type === 'bpmn:Lane' && element.businessObject.name);
  const follow = () => {
    const { x, y, height, scale } = canvas.viewbox();
    edge.replaceChildren(...lanes.flatMap((lane) => {
      const top = Math.max(lane.y, y), bottom = Math.min(lane.y + lane.height, y + height);
      const ownNameIsSeen = lane.x >= x, room = (bottom - top) * scale;
      if (ownNameIsSeen || lane.x + lane.width <= x || room < LINE) return [];
      const name = make('span', { class: 'diagram-lane' }, lane.businessObject.name);
      name.style.top = `${(top - y) * scale + 1}px`; // above the steps, which stand in the middle of their lane
      return [name];
    }));
  };
  viewer.on('canvas.viewbox.changed', follow);
  follow();
  return edge;
}

// One picture to a screen reader and not a stop for the keyboard, which the viewer would make of it: there is nothing to do in it.
// The name is on the drawing alone, because the mark of bpmn.io beside it is a link.
function name(drawing, words) {
  drawing.setAttribute('role', 'img');
  drawing.setAttribute('aria-label', words);
  drawing.removeAttribute('tabindex');
}

// A diagram in a folded section has no size yet; what is asked of a canvas without one gives no finite scale.
const hasRoom = (place) => place.clientWidth > 0 && place.clientHeight > 0;

async function show(place) {
  const picture = make('div', { class: 'diagram-picture' });
  place.replaceChildren(picture);
  try {
    const answer = await fetch(place.dataset.diagramUrl, { credentials: 'same-origin' });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    // The wheel keeps scrolling the page; the diagram is moved by dragging and by its buttons.
    const viewer = new NavigatedViewer({ container: picture, zoomScroll: { enabled: false } });
    await viewer.importXML(await answer.text());
    const canvas = viewer.get('canvas');
    name(picture.querySelector('svg'), place.dataset.diagramLabel ?? '流程图');
    mark(viewer, place.dataset.done ?? '', 'done');
    mark(viewer, place.dataset.current ?? '', 'current');
    const start = () => open(canvas, viewer.get('elementRegistry'), place.dataset.current ?? '');
    if (hasRoom(picture)) start();
    place.append(laneNames(viewer), toolbar(canvas, start));
    new ResizeObserver(() => { if (!hasRoom(picture)) return; canvas.resized(); start(); }).observe(place);
    place.dataset.diagramShown = '';
  } catch (error) {
    place.replaceChildren(make('p', { class: 'text-danger', role: 'alert' }, '流程图暂时无法显示，请刷新页面；办理不受影响。'));
    console.error(error);
  }
}

mount('[data-diagram-url]', show);
