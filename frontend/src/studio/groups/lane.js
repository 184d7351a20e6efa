// A lane is a role: its name is one of the names that the settings of the procedure give roles to.
import { is } from '../commands.js';
import { selectField } from '../fields.js';
import { dialog, make, send } from '../page.js';

// Before the value of a role that the procedure does not have yet.
export const NEW = 'role:';

// Notes in the settings who a lane is; tells whether that went well.
export async function nameLane(context, name, role) {
  const answer = await send('POST', context.lanes_url, { lanes: { [name]: role } });
  if (!answer.ok) {
    document.dispatchEvent(new CustomEvent('studio:lanes')); // The list shows again what is so.
    dialog('没有保存', answer.data.message ?? '连接中断，角色没有加入流程设置，请稍后再试。', [['知道了', null, 'primary']]);
    return false;
  }
  if (!context.lanes.some(one => one.name === name)) context.lanes.push({ name, role });
  document.dispatchEvent(new CustomEvent('studio:lanes'));
  return true;
}

const isKnown = (context, name) => context.lanes.some(one => one.name === name);

function unknownRole({ object, context }) {
  return selectField({
    label: `“${object.name}”由谁办理`, get: () => '', set: role => { if (role) nameLane(context, object.name, role); },
    options: () => [...context.roles.map(({ role, title }) => [role, title || role]), ['system', '系统自动办理']], empty: '请选择角色',
    help: '这个泳道还没有对应的角色。选择后记入流程设置。',
  });
}

export const lane = {
  id: 'lane',
  title: '办理角色',
  applies: object => is(object, 'bpmn:Lane'),
  signature: (object, context) => `${object.name ?? ''} ${isKnown(context, object.name)}`,
  build(kit) {
    const { element, object, commands, context } = kit;
    return [selectField({
      label: '角色', get: () => object.name ?? '', set: name => commands.setAttributes(element, { name }),
      options: () => context.lanes.map(({ name, role }) => [name, role === 'system' ? `${name}（系统自动办理，没有人）` : name]),
      help: '泳道的名称就是角色：泳道里的用户任务由有这个角色的人办理。',
    }), ...(object.name && context.lanes_url && !isKnown(context, object.name) ? [unknownRole(kit)] : [])];
  },
};

// Lanes of a diagram that came from elsewhere, and who they are here: asked once, after it was taken in.
export function askForLanes(modeler, context) {
  const lanes = modeler.get('elementRegistry').filter(one => is(one.businessObject, 'bpmn:Lane') && !one.businessObject.childLaneSet).map(one => one.businessObject.name);
  const unknown = [...new Set(lanes.filter(name => name && !isKnown(context, name)))];
  if (!unknown.length || !context.lanes_url) return;
  const chosen = new Map();
  const body = make('div', { class: 'studio-lanes' }, make('p', {}, '这张图的泳道在本系统中由谁办理？选好的记入流程设置，没有选的以后在泳道的属性里选择。'),
    ...unknown.map(name => {
      const select = make('select', { class: 'form-select form-select-sm' }, make('option', { value: '' }, '以后再选'),
        ...context.roles.map(({ role, title }) => make('option', { value: role }, title || role)), make('option', { value: 'system' }, '系统自动办理'));
      select.addEventListener('change', () => chosen.set(name, select.value));
      return make('label', { class: 'studio-lane' }, make('span', {}, name), select);
    }));
  dialog('泳道对应的角色', body, [['以后再选'], ['保存', async () => { for (const [name, role] of chosen) if (role && !(await nameLane(context, name, role))) return; }, 'primary']]);
}
