// A lane is a role: its name is one of the names that the package gives roles to.
import { is } from '../commands.js';
import { selectField } from '../fields.js';

export const lane = {
  id: 'lane',
  title: '办理角色',
  applies: object => is(object, 'bpmn:Lane'),
  build({ element, object, commands, context }) {
    return [selectField({
      label: '角色', get: () => object.name ?? '', set: name => commands.setAttributes(element, { name }),
      options: () => context.lanes.map(({ name, role }) => [name, role === 'system' ? `${name}（系统自动办理，没有人）` : name]),
      help: '泳道的名称就是角色：泳道里的用户任务由有这个角色的人办理。',
    })];
  },
};
