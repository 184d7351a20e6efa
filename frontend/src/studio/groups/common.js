// What every element has: its name, its number, what it is for; and the process itself.
import { documentationOf, is } from '../commands.js';
import { actionField, areaField, noteField, switchField, textField } from '../fields.js';
import { drawPool } from '../lanes.js';

// Ids that SpiffWorkflow takes for itself.
const RESERVED = /^(Start|End|Root|root|StartEventSplit|StartEventJoin)$|(\.EndJoin|\.BoundaryEventSplit|\.BoundaryEventJoin)$/;

function idProblem(id, { element, modeler }) {
  if (id === element.businessObject.id) return '';
  if (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(id)) return '编号以字母开头，只含字母、数字、下划线、点和短横线。';
  if (RESERVED.test(id)) return '这个编号是引擎保留的，请换一个，例如 start_review。';
  return modeler.get('elementRegistry').get(id) || modeler.get('moddle').ids.assigned(id) ? '这个编号已经有别的元素使用，请换一个。' : '';
}

export const general = {
  id: 'general',
  title: '基本信息',
  applies: object => !is(object, 'bpmn:Collaboration') && !is(object, 'bpmn:Lane'),
  build({ element, object, commands }) {
    if (is(object, 'bpmn:TextAnnotation')) {
      return [areaField({ label: '注释', get: () => object.text ?? '', set: text => commands.setAttributes(element, { text }) })];
    }
    return [textField({ label: '名称', get: () => object.name ?? '', set: name => commands.setAttributes(element, { name }) })];
  },
};

// Last, because it is what the others need least often.
export const about = {
  id: 'about',
  title: '说明和编号',
  applies: object => !is(object, 'bpmn:TextAnnotation'),
  build(kit) {
    const { element, object, commands } = kit;
    if (is(object, 'bpmn:Collaboration')) return [areaField({ label: '说明', get: () => documentationOf(object), set: text => commands.setDocumentation(element, text), help: '写给接手的人：这张图画的是什么。点一个元素，就能填写它的属性。' })];
    return [
      areaField({ label: '说明', get: () => documentationOf(object), set: text => commands.setDocumentation(element, text), help: '写给办理人和接手的人：这一步做什么、依据是什么。' }),
      textField({ label: '编号', get: () => object.id, set: id => commands.setAttributes(element, { id }), check: id => idProblem(id, kit), help: '办件按编号记录所在环节，部署后请不要改动。' }),
    ];
  },
};

export const process = {
  id: 'process',
  title: '流程',
  applies: object => is(object, 'bpmn:Process') || (is(object, 'bpmn:Participant') && Boolean(object.processRef)),
  build({ element, object, commands, modeler }) {
    const target = is(object, 'bpmn:Participant') ? object.processRef : object;
    const fields = [];
    if (target !== object) {
      fields.push(textField({ label: '流程编号', get: () => target.id, set: id => commands.setOn(element, target, { id }), help: '流程包清单按这个编号找到流程。' }));
    }
    fields.push(switchField({ label: '可执行', get: () => Boolean(target.isExecutable), set: isExecutable => commands.setOn(element, target, { isExecutable }), help: '只有可执行的流程才能办理。' }));
    if (target === object && is(element.businessObject, 'bpmn:Process')) {
      fields.push(noteField('还没有泳道池。用户任务要放在角色的泳道中，请先画一个泳道池。'), actionField('画一个泳道池', () => drawPool(modeler, object.name || '新流程')));
    }
    return fields;
  },
};
