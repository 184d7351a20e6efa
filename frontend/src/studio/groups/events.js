// Events: what is waited for, what is sent, how a procedure ends.
import { TIMERS, eventDefinition, extension, is, timerOf } from '../commands.js';
import { timeField } from '../builders.js';
import { actionField, expressionField, noteField, selectField, switchField, textField } from '../fields.js';
import { howItFinds, messageDialog } from './message-dialog.js';
import { property } from './task.js';

const KINDS = { timeDuration: '时长', timeDate: '时刻', timeCycle: '循环' };

export const timer = {
  id: 'timer',
  title: '定时',
  applies: object => Boolean(eventDefinition(object, 'bpmn:TimerEventDefinition')),
  build(kit) {
    const { element, object, commands, context } = kit;
    const beside = is(object, 'bpmn:BoundaryEvent') && object.cancelActivity === false;
    return [
      selectField({
        label: '方式', empty: null, get: () => timerOf(object).kind, set: kind => commands.setTimer(element, kind, timerOf(object).text),
        options: () => TIMERS.filter(kind => kind !== 'timeCycle' || beside).map(kind => [kind, KINDS[kind]]),
      }),
      timeField({
        label: '到什么时候', empty: '请选择', get: () => timerOf(object).text, set: text => commands.setTimer(element, timerOf(object).kind, text),
        candidates: kit.candidates, settings: () => context.settings, deadlines: () => context.deadlines,
      }),
    ];
  },
};

const holderOf = object => (is(object, 'bpmn:SendTask') || is(object, 'bpmn:ReceiveTask') ? object : eventDefinition(object, 'bpmn:MessageEventDefinition'));

export const message = {
  id: 'message',
  title: '消息',
  applies: object => Boolean(holderOf(object)),
  signature: (object, context) => JSON.stringify(context.find('message', holderOf(object).messageRef?.name) ?? null),
  build(kit) {
    const { element, object, commands, context } = kit;
    const holder = holderOf(object);
    const sends = is(object, 'bpmn:ThrowEvent') || is(object, 'bpmn:SendTask');
    const payload = () => extension(holder, 'spiffworkflow:MessagePayload')?.value ?? '';
    const process = id => context.processes.find(one => one.id === id)?.title || id;
    const here = context.find('message', holder.messageRef?.name ?? '');
    const take = name => commands.setMessage(element, holder, name);
    return [
      selectField({
        label: sends ? '发出的消息' : '等待的消息', get: () => holder.messageRef?.name ?? '', set: take,
        options: () => context.messages.map(({ name, title }) => [name, title || name]),
        help: name => { const found = context.find('message', name); return found?.to ? `从“${process(found.from)}”到“${process(found.to)}”，${howItFinds(context, found)}` : ''; },
      }),
      ...(context.messages_url ? [
        ...(here ? [actionField('修改这个消息', () => messageDialog(kit, here, { sends }))] : []),
        actionField('新建消息', () => messageDialog(kit, null, { sends, done: take })),
      ] : []),
      ...(sends ? [expressionField({ label: '附带的内容', get: payload, set: text => commands.setText(element, 'spiffworkflow:MessagePayload', text, holder), candidates: kit.candidates, placeholder: '{"approved": approved}', help: '一般不必填写：由收件名单给出。' })] : []),
    ];
  },
};

export const ending = {
  id: 'ending',
  title: '结束',
  applies: object => is(object, 'bpmn:EndEvent'),
  build(kit) {
    const terminates = eventDefinition(kit.object, 'bpmn:TerminateEventDefinition');
    return [
      textField({ label: '办理结果', ...property(kit, 'outcome'), help: '办件以什么结果结束，例如 paid、rejected；统计按它分类。' }),
      noteField(terminates ? '终止：办件其他还没有办完的环节同时结束。' : '只结束这一条线；其他并行的环节继续办理。'),
    ];
  },
};

export const error = {
  id: 'error',
  title: '错误',
  applies: object => Boolean(eventDefinition(object, 'bpmn:ErrorEventDefinition')),
  build({ element, object, commands }) {
    const definition = eventDefinition(object, 'bpmn:ErrorEventDefinition');
    return [textField({ label: '错误代码', get: () => definition.errorRef?.errorCode ?? '', set: code => commands.setError(element, definition, code.trim()), help: '子流程里的错误结束事件与它边界上的错误事件用同一代码。' })];
  },
};

export const boundary = {
  id: 'boundary',
  title: '边界事件',
  applies: object => is(object, 'bpmn:BoundaryEvent') && !eventDefinition(object, 'bpmn:ErrorEventDefinition'),
  build({ element, object, commands }) {
    return [switchField({ label: '发生时中断所在的任务', get: () => object.cancelActivity !== false, set: cancelActivity => commands.setAttributes(element, { cancelActivity }), help: '不中断的：任务继续办理，另起一条线，例如催办。' })];
  },
};
