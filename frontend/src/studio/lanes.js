// Role of a task = lane it lies in. Choosing a role moves the task into that lane, and draws the lane when there is none yet.
import { is, together } from './commands.js';

export function poolOf(element) {
  let at = element;
  while (at && !is(at.businessObject, 'bpmn:Participant')) at = at.parent;
  return at;
}

export const lanesIn = pool => (pool?.children ?? []).filter(child => is(child.businessObject, 'bpmn:Lane'))
  .flatMap(lane => { const inner = lanesIn(lane); return inner.length ? inner : [lane]; });

// The lane by where the element (or the subprocess around it) is referenced, as the engine reads it.
export function laneOf(element) {
  const lanes = lanesIn(poolOf(element));
  for (let at = element; at; at = at.parent) {
    const found = lanes.find(lane => (lane.businessObject.flowNodeRef ?? []).includes(at.businessObject));
    if (found) return found;
  }
  return undefined;
}

const overlap = (one, other) => one.x < other.x + other.width + 10 && other.x < one.x + one.width + 10
  && one.y < other.y + other.height + 10 && other.y < one.y + one.height + 10;

// A place in the lane that no other shape has: straight up or down first, then further to the right.
function placeIn(lane, element, pool) {
  const others = pool.children.filter(child => child !== element && !child.waypoints && !child.labelTarget && !is(child.businessObject, 'bpmn:Lane'));
  const y = Math.round(lane.y + (lane.height - element.height) / 2);
  for (let x = element.x; x + element.width < pool.x + pool.width; x += 20) {
    const place = { x, y, width: element.width, height: element.height };
    if (!others.some(other => overlap(place, other))) return place;
  }
  return { x: element.x, y };
}

// The lane of a name; a pool without lanes gets one that holds everything, and a lane without a name is given this one.
function laneNamed(modeler, element, name) {
  const modeling = modeler.get('modeling');
  const pool = poolOf(element);
  const lanes = lanesIn(pool);
  const found = lanes.find(one => one.businessObject.name === name);
  if (found) return found;
  let lane = laneOf(element);
  if (!lanes.length) {
    // bpmn-js divides the pool in two; one is wanted.
    const second = modeling.addLane(pool, 'bottom');
    lane = lanesIn(pool).find(one => one !== second);
    modeling.removeElements([second]);
  } else if (!lane || lane.businessObject.name) {
    lane = modeling.addLane(lanes.reduce((low, one) => (one.y > low.y ? one : low)), 'bottom');
  }
  modeling.updateProperties(lane, { name });
  return lane;
}

export function moveToLane(modeler, element, name) {
  together(modeler, () => {
    const lane = laneNamed(modeler, element, name);
    if (laneOf(element) === lane) return;
    const place = placeIn(lane, element, poolOf(element));
    modeler.get('modeling').moveElements([element], { x: place.x - element.x, y: place.y - element.y }, lane);
  });
}

// A procedure without a pool gets one around all that is drawn.
export function drawPool(modeler, name) {
  const elementFactory = modeler.get('elementFactory');
  const canvas = modeler.get('canvas');
  const root = canvas.getRootElement();
  const shape = elementFactory.createParticipantShape();
  const box = modeler.get('elementRegistry').filter(one => one.parent === root && one.width)
    .reduce((all, one) => ({ x: Math.min(all.x, one.x), y: Math.min(all.y, one.y), r: Math.max(all.r, one.x + one.width), b: Math.max(all.b, one.y + one.height) }), { x: 300, y: 200, r: 900, b: 350 });
  const bounds = { width: box.r - box.x + 150, height: box.b - box.y + 100 };
  Object.assign(shape, bounds);
  together(modeler, () => {
    modeler.get('modeling').createShape(shape, { x: (box.x + box.r) / 2, y: (box.y + box.b) / 2 }, root);
    modeler.get('modeling').updateProperties(shape, { name });
  });
}
