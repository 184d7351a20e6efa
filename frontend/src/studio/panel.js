// The properties panel: one section per subject, made anew when another element is selected or when a section's shape changes;
// otherwise only its values are refreshed.
import { commandsOf, is } from './commands.js';
import { flushFields } from './fields.js';
import { wordOf } from './findings.js';
import { about, general, process } from './groups/common.js';
import { boundary, ending, error, message, timer } from './groups/events.js';
import { flow, gateway } from './groups/flow.js';
import { lane } from './groups/lane.js';
import { loop } from './groups/loop.js';
import { call, decision, operation } from './groups/service.js';
import { form, notice, people, stage, time } from './groups/task.js';
import { make } from './page.js';
import { availableAt } from './variables.js';

const GROUPS = [lane, process, general, people, form, time, notice, operation, decision, call, timer, message, boundary, error, ending, gateway, flow, loop, stage, about];
const CLOSED = new Set(['loop']);

// What the element may hold beyond the fields above; it is kept, and told.
function otherContent(object) {
  const known = ['spiffworkflow:Properties', 'spiffworkflow:ServiceTaskOperator', 'spiffworkflow:CalledDecisionId', 'spiffworkflow:MessagePayload'];
  return (object.extensionElements?.get('values') ?? []).map(value => value.$type).filter(type => !known.includes(type));
}

export class Panel {
  constructor(place, modeler, { context, translate }) {
    Object.assign(this, { place, modeler, context, translate, element: null, sections: [] });
    this.commands = commandsOf(modeler);
    this.closed = new Set(CLOSED);
    this.said = () => [];
    modeler.on('selection.changed', () => this.show());
    modeler.on('root.set', () => this.show());
    modeler.on('elements.changed', () => this.refresh());
    modeler.on('import.done', () => { this.element = null; this.show(); });
  }

  selected() {
    const selection = this.modeler.get('selection').get();
    if (selection.length > 1) return { many: selection.length };
    const element = selection[0]?.labelTarget ?? selection[0] ?? this.modeler.get('canvas').getRootElement();
    return { element: element?.businessObject ? element : null };
  }

  show() {
    const { element, many } = this.selected();
    if (element && element === this.element && element.businessObject === this.object) return;
    flushFields();
    this.element = element ?? null;
    this.object = element?.businessObject;
    this.sections = [];
    if (many) { this.place.replaceChildren(make('p', { class: 'studio-help studio-panel-empty' }, `选中了 ${many} 个元素。选中一个，就能在这里填写它的属性。`)); return; }
    if (!element) { this.place.replaceChildren(); return; }
    const { object } = this;
    const applying = GROUPS.filter(group => group.applies(object));
    this.sections = applying.map(group => this.section(group));
    const kept = otherContent(object);
    this.problems = make('ul', { class: 'studio-panel-findings', 'aria-label': '检查发现的问题', hidden: '' });
    this.place.replaceChildren(
      make('div', { class: 'studio-panel-head' }, make('strong', {}, this.kind(object)), make('span', {}, object.name || '')),
      this.problems,
      ...this.sections.map(({ node }) => node),
      ...(kept.length ? [make('p', { class: 'studio-help studio-panel-empty' }, `另有本系统不使用的内容，保存时原样保留：${kept.join('、')}`)] : []));
    this.place.scrollTop = 0;
    this.judge();
  }

  // What the gate says of the selected element, above its fields and at those that it names.
  judge() {
    if (!this.element || !this.problems) return;
    const said = this.said(this.object.id);
    this.problems.hidden = !said.length;
    this.problems.replaceChildren(...said.map(one => make('li', {}, wordOf(one.severity), make('span', {}, one.message, make('small', {}, one.cure)))));
    for (const section of this.sections) for (const field of section.fields) field.judge?.();
  }

  kind(object) {
    if (is(object, 'bpmn:Participant')) return '泳道池';
    if (is(object, 'bpmn:Collaboration')) return '整张图';
    const name = object.$type.replace('bpmn:', '').replace(/([a-z])([A-Z])/g, '$1 $2');
    return this.translate(name.charAt(0) + name.slice(1).toLowerCase());
  }

  section(group) {
    const { element, object } = this;
    const body = make('div', { class: 'studio-section-body' });
    const node = make('details', { class: 'studio-section', 'data-group': group.id }, make('summary', {}, group.title), body);
    node.open = !this.closed.has(group.id) || (group.id === 'loop' && Boolean(object.loopCharacteristics));
    node.addEventListener('toggle', () => { if (node.open) this.closed.delete(group.id); else this.closed.add(group.id); });
    const variables = () => availableAt(object, this.context);
    const candidates = () => [...variables(), ...this.context.functions.map(one => ({ ...one, insert: one.insert ?? `${one.name}()`, from: '函数' }))];
    const section = { node, group, signature: null, fields: [] };
    section.draw = () => {
      section.signature = group.signature?.(object, this.context);
      section.fields = group.build({ element, object, modeler: this.modeler, commands: this.commands, context: this.context, variables, candidates, said: () => this.said(object.id) });
      body.replaceChildren(...section.fields.map(field => field.node));
      for (const field of section.fields) field.refresh();
    };
    section.draw();
    return section;
  }

  refresh() {
    // Deleted by undo, or replaced by an element of another kind.
    if (this.element && this.element.businessObject !== this.object) { this.show(); return; }
    const head = this.place.querySelector('.studio-panel-head span');
    if (head) head.textContent = this.object?.name || '';
    for (const section of this.sections) {
      if (section.group.signature && section.group.signature(this.object, this.context) !== section.signature) section.draw();
      else for (const field of section.fields) field.refresh();
    }
  }
}
