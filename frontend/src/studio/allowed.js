// The editor offers what the gate accepts, and nothing else: palette, context pad and replace menu.
const REPLACE = new Set([
  'none-start', 'none-end', 'message-end', 'error-end', 'terminate-end',
  'message-intermediate-catch', 'timer-intermediate-catch', 'message-intermediate-throw',
  'exclusive-gateway', 'parallel-gateway', 'inclusive-gateway', 'event-based-gateway',
  'user-task', 'service-task', 'rule-task', 'manual-task', 'send-task', 'receive-task',
  'call-activity', 'collapsed-subprocess', 'expanded-subprocess', 'subprocess',
  'message-boundary', 'timer-boundary', 'error-boundary', 'non-interrupting-message-boundary', 'non-interrupting-timer-boundary',
  'sequence-flow', 'default-flow',
].map(name => `replace-with-${name}`));
const HEADER = new Set(['toggle-parallel-mi', 'toggle-sequential-mi', 'toggle-loop']);
const PAD = new Set([
  'delete', 'replace', 'connect', 'append.text-annotation', 'append.receive-task', 'append.message-intermediate-event',
  'append.timer-intermediate-event', 'append.end-event', 'append.gateway',
  'lane-insert-above', 'lane-insert-below', 'lane-divide-two', 'lane-divide-three',
]);

const EVENT = { message: 'bpmn:MessageEventDefinition', timer: 'bpmn:TimerEventDefinition' };
// What people draw with, in the order of a procedure: key, type, icon, word, more.
const PALETTE = [
  ['start-event', 'bpmn:StartEvent', 'start-event-none', '开始'],
  ['end-event', 'bpmn:EndEvent', 'end-event-none', '结束'],
  ['user-task', 'bpmn:UserTask', 'user-task', '用户任务'],
  ['service-task', 'bpmn:ServiceTask', 'service-task', '业务操作'],
  ['rule-task', 'bpmn:BusinessRuleTask', 'business-rule-task', '决策表'],
  ['exclusive-gateway', 'bpmn:ExclusiveGateway', 'gateway-xor', '排他网关'],
  ['parallel-gateway', 'bpmn:ParallelGateway', 'gateway-parallel', '并行网关'],
  ['message-event', 'bpmn:IntermediateCatchEvent', 'intermediate-event-catch-message', '等待消息', { eventDefinitionType: EVENT.message }],
  ['timer-event', 'bpmn:IntermediateCatchEvent', 'intermediate-event-catch-timer', '定时', { eventDefinitionType: EVENT.timer }],
];
const APPEND = [PALETTE[2], PALETTE[3], PALETTE[7], PALETTE[8]];

const keep = (entries, names) => Object.fromEntries(Object.entries(entries).filter(([name]) => names.has(name)));

function fits(name, element) {
  const object = element.businessObject;
  // An error can only be caught at the edge of what may raise one.
  if (name.endsWith('error-boundary')) return ['bpmn:SubProcess', 'bpmn:CallActivity'].includes(object.attachedToRef?.$type);
  if (name.endsWith('default-flow')) return ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'].includes(object.sourceRef?.$type);
  // Turning a start into an end, or the other way, is a mistake of the hand.
  if (name.endsWith('none-start')) return object.$type === 'bpmn:StartEvent';
  if (name.endsWith('none-end')) return object.$type === 'bpmn:EndEvent';
  if (/intermediate/.test(name)) return /Intermediate/.test(object.$type);
  return true;
}

class Allowed {
  constructor(palette, contextPad, popupMenu, create, elementFactory, autoPlace, eventBus) {
    Object.assign(this, { create, elementFactory, autoPlace });
    palette.registerProvider(500, this);
    contextPad.registerProvider(500, this);
    popupMenu.registerProvider('bpmn-replace', 500, this);
    // A pool that is drawn is meant to run.
    eventBus.on('commandStack.shape.create.postExecuted', ({ context }) => {
      const process = context.shape.businessObject.processRef;
      if (process && process.isExecutable === undefined) process.isExecutable = true;
    });
  }

  shape(type, more) { return this.elementFactory.createShape({ type, ...more }); }

  getPaletteEntries() {
    return entries => {
      const named = (name, title) => ({ [name]: { ...entries[name], title } });
      const drawn = PALETTE.map(([key, type, icon, title, more]) => {
        const action = event => this.create.start(event, this.shape(type, more));
        return [`create.${key}`, { group: 'draw', className: `bpmn-icon-${icon}`, title, action: { dragstart: action, click: action } }];
      });
      return {
        ...named('hand-tool', '移动画布'), ...named('lasso-tool', '框选'), ...named('space-tool', '腾出空间'), ...named('global-connect-tool', '连线'),
        'tool-separator': entries['tool-separator'],
        ...Object.fromEntries(drawn),
        'create.subprocess-expanded': { ...entries['create.subprocess-expanded'], group: 'draw', title: '子流程' },
        'create.participant-expanded': { ...entries['create.participant-expanded'], group: 'draw', title: '泳道池' },
      };
    };
  }

  getContextPadEntries(element) {
    return entries => {
      const kept = keep(entries, PAD);
      if (!entries['append.append-task']) return kept;
      const appended = APPEND.map(([key, type, icon, title, more]) => [`append.${key}`, {
        group: 'model', className: `bpmn-icon-${icon}`, title: `在后面添加：${title}`,
        action: {
          click: () => this.autoPlace.append(element, this.shape(type, more)),
          dragstart: event => this.create.start(event, this.shape(type, more), { source: element }),
        },
      }]);
      return { ...Object.fromEntries(appended), ...kept };
    };
  }

  getMultiElementContextPadEntries() { return entries => keep(entries, new Set(['delete', 'align-elements'])); }

  getPopupMenuEntries(element) {
    return entries => Object.fromEntries(Object.entries(keep(entries, REPLACE)).filter(([name]) => fits(name, element)));
  }

  getPopupMenuHeaderEntries() { return entries => keep(entries, HEADER); }
}
Allowed.$inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace', 'eventBus'];

export default { __init__: ['allowedElements'], allowedElements: ['type', Allowed] };
