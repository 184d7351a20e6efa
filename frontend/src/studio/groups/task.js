// A user task: who, with which form, by when, what may be done, and what comes of it.
import { is, loopOf, propertiesOf, splitNames } from '../commands.js';
import { timeField } from '../builders.js';
import { actionField, areaField, checksField, expressionField, linkField, noteField, selectField, switchesField, textField } from '../fields.js';
import { NEW, nameLane } from './lane.js';
import { drawPool, laneOf, lanesIn, moveToLane, poolOf } from '../lanes.js';
import { dialog, make, send } from '../page.js';

const person = object => is(object, 'bpmn:UserTask') || is(object, 'bpmn:ManualTask');

// Reads and writes one of our properties as a text, or as a list of names.
export function property({ element, object, commands }, name) {
  return { get: () => propertiesOf(object).get(name) ?? '', set: value => commands.setProperties(element, { [name]: value.trim() }) };
}
export function names(kit, name) {
  const { get, set } = property(kit, name);
  return { get: () => splitNames(get()), set: values => set(values.join(',')) };
}

function roleField({ element, modeler, context }) {
  const pool = poolOf(element);
  if (!pool) return [noteField('还没有泳道池，任务没有办理角色。'), actionField('画一个泳道池', () => drawPool(modeler, '新流程'))];
  return [selectField({
    label: '办理角色',
    get: () => laneOf(element)?.businessObject.name ?? '',
    set: async name => {
      if (!name) return;
      // A role that the procedure does not have yet is noted in its settings first, under its own title.
      const role = name.startsWith(NEW) && context.roles.find(one => one.role === name.slice(NEW.length));
      if (role && !(await nameLane(context, role.title, role.role))) return;
      moveToLane(modeler, element, role ? role.title : name);
    },
    options: () => {
      const drawn = lanesIn(pool).map(lane => lane.businessObject.name).filter(Boolean);
      const others = context.lanes.filter(({ name, role }) => role !== 'system' && !drawn.includes(name));
      const known = new Map(context.lanes.map(({ name, role }) => [name, role]));
      const here = drawn.filter(name => known.get(name) !== 'system').map(name => [name, name]);
      const had = new Set(context.lanes.map(({ role }) => role));
      const further = context.lanes_url ? context.roles.filter(({ role }) => !had.has(role)).map(({ role, title }) => [`${NEW}${role}`, title]) : [];
      return [['已有的泳道', here], ...(others.length ? [['其他角色（将在下方新增泳道）', others.map(({ name }) => [name, name])]] : []), ...(further.length ? [['本流程还没有的角色（将加入流程设置）', further]] : [])];
    },
    help: '选择角色后，任务移到该角色的泳道。',
  })];
}

const others = ({ element, modeler, object }) => modeler.get('elementRegistry')
  .filter(one => person(one.businessObject) && one !== element && !one.labelTarget && poolOf(one) === poolOf(element))
  .map(one => [one.businessObject.id, one.businessObject.name || one.businessObject.id]);

export const people = {
  id: 'people',
  title: '由谁办理',
  applies: person,
  build(kit) {
    const roles = kit.context.roles.map(({ role, title }) => [role, title || role]);
    return [
      ...roleField(kit),
      expressionField({ label: '限定范围', ...property(kit, 'scope'), candidates: kit.candidates, placeholder: 'local_office', help: '办理人所在单位，例如候选人所属街道。不填则本角色的人都能办理。' }),
      expressionField({ label: '指定办理人', ...property(kit, 'assignee'), candidates: kit.candidates, placeholder: 'candidate', help: '给出一个人的变量。不填则由本角色的人认领。' }),
      checksField({ label: '不得与这些任务同一人', ...names(kit, 'not_same_as'), options: () => others(kit), none: '本流程还没有别的用户任务。' }),
      checksField({ label: '办理情况对谁可见', ...names(kit, 'visible_to'), options: () => [...roles, ['own_unit', '办理单位的同角色人员']], help: '都不勾选时，按办件的一般规则。' }),
    ];
  },
};

function formLink(context) {
  return key => {
    const url = context.find('form', key)?.edit_url;
    const add = context.new_form_url;
    return [url && make('a', { href: url, target: '_blank', rel: 'noopener' }, '编辑这张表单'), !key && add && make('a', { href: add, target: '_blank', rel: 'noopener' }, '新建表单')];
  };
}

export const form = {
  id: 'form',
  title: '填什么',
  applies: person,
  build(kit) {
    const { context, object } = kit;
    const formKey = property(kit, 'form');
    const fields = () => context.find('form', formKey.get())?.fields ?? [];
    const recorder = () => context.find('recorder', propertiesOf(object).get('records') ?? '');
    return [
      selectField({ label: '表单', ...formKey, options: () => context.forms.map(({ key, title }) => [key, title || key]), link: formLink(context) }),
      checksField({
        label: '导出为流程变量的字段', ...names(kit, 'exports'), none: '请先选择表单。',
        options: () => [
          ...fields().filter(one => one.exportable !== false).map(({ key, label }) => [key, `${label || key}`, key]),
          ...(recorder()?.exports ?? []).filter(name => !fields().some(one => one.key === name)).map(name => [name, `${name}（由记录方式给出）`]),
        ],
        help: '勾选的字段可以用在后面的条件里。正文和附件不必导出。',
      }),
      selectField({
        label: '提交后记入', ...property(kit, 'records'), empty: '只保存表单', options: () => context.recorders.map(({ name, title }) => [name, title || name]),
        help: name => context.find('recorder', name)?.description ?? '',
      }),
      textField({ label: '提交按钮', ...property(kit, 'submit'), }),
      areaField({ label: '给办理人的提示', ...property(kit, 'hint'), rows: 2 }),
    ];
  },
};

// Why an action cannot work at this task; the gate says the same.
function refused(action, object) {
  const properties = propertiesOf(object);
  const mine = name => (properties.get(name) ?? '').trim();
  if (action === 'transfer' && mine('assignee')) return '填写了“指定办理人”的任务不能转办。';
  const { item } = loopOf(object);
  const countersigned = item && [mine('scope'), mine('assignee')].includes(item);
  return action.endsWith('_signer') && !countersigned ? '只用于会签：在“办理几次”中选择多人，并用它的元素变量指定办理人或限定范围。' : '';
}

export const time = {
  id: 'time',
  title: '期限和办理方式',
  applies: person,
  build(kit) {
    const { context, object } = kit;
    return [
      timeField({ label: '办理期限', ...property(kit, 'due'), candidates: kit.candidates, settings: () => context.settings, deadlines: () => context.deadlines }),
      switchesField({
        label: '允许的其他动作', ...names(kit, 'actions'),
        options: () => context.actions.map(({ id, title, help }) => [id, title || id, help, refused(id, object)]),
      }),
    ];
  },
};

async function writeLetter({ context, object }) {
  const answer = await send('POST', context.letters_url, { step: object.id, title: object.name ?? '' });
  if (!answer.ok) { dialog('没有新建', answer.data.message ?? '连接中断，请稍后再试。', [['知道了', null, 'primary']]); return; }
  document.dispatchEvent(new CustomEvent('studio:lists', { detail: () => document.querySelector('[data-group=notice] a')?.focus() }));
}

export const notice = {
  id: 'notice',
  title: '通知',
  applies: person,
  signature: (object, context) => `${object.id} ${context.find('text', object.id)?.title ?? ''}`,
  build(kit) {
    const { context, object } = kit;
    const own = context.find('text', object.id);
    if (own) return [noteField(`有新任务到这一步时，办理人收到这一步自己的通知：“${own.title}”。`), linkField('编辑这份通知', own.edit_url)];
    const usual = context.find('text', 'todo');
    return [noteField('有新任务到这一步时，办理人收到通用的待办通知。'), ...(usual?.edit_url ? [linkField('查看通用的待办通知', usual.edit_url)] : []),
      ...(context.letters_url ? [actionField('为这一步另写一份', () => writeLetter(kit))] : [])];
  },
};

export const stage = {
  id: 'stage',
  title: '阶段',
  applies: object => is(object, 'bpmn:FlowNode') && !is(object, 'bpmn:Gateway') && !is(object, 'bpmn:BoundaryEvent'),
  build(kit) {
    const process = poolOf(kit.element)?.businessObject.processRef?.id;
    const own = kit.context.stages[process];
    const all = own ?? Object.values(kit.context.stages).flat();
    return [selectField({ label: '办件进入阶段', ...property(kit, 'stage'), empty: '不变', options: () => all.map(({ id, title }) => [id, title || id]), help: '走到这里时，办件的进度显示为这个阶段。' })];
  },
};
