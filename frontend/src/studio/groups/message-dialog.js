// A message between cases, made or changed without leaving the diagram: its name, who sends it to whom, how it finds its cases.
import { processOf } from '../variables.js';
import { dialog, make, send } from '../page.js';

const BY_ITSELF = '由办件动作或业务操作发给一件';

const waysOf = context => (context.deliveries ?? []).flatMap(({ title, options }) => options.map(([value, words]) => [value, `${title}：${words}`]));
export const howItFinds = (context, { delivery }) => waysOf(context).find(([value]) => value === (delivery ?? ''))?.[1] ?? BY_ITSELF;

function choice(label, value, options, groups = []) {
  const one = ([key, words]) => make('option', { value: key }, words);
  const select = make('select', { class: 'form-select form-select-sm' }, ...options.map(one), ...groups.map(({ title, options: inner }) => make('optgroup', { label: title }, ...inner.map(one))));
  select.value = value ?? '';
  return { select, node: make('label', { class: 'studio-ask' }, make('span', {}, label), select) };
}

// `existing` is a message of the context, or null for a new one; `done(name)` is called when it is saved.
export function messageDialog(kit, existing, { sends, done, values, problem } = {}) {
  const { context, object } = kit;
  const own = (context.kinds ?? []).find(one => one.process === processOf(object)?.id)?.id ?? context.kinds?.[0]?.id ?? '';
  const other = (context.kinds ?? []).find(one => one.id !== own)?.id ?? own;
  const now = values ?? (existing ? { title: existing.title, from: existing.from_kind, to: existing.to_kind, delivery: existing.delivery }
    : { title: '', from: sends ? own : other, to: sends ? other : own, delivery: '' });
  const kinds = (context.kinds ?? []).map(({ id, title }) => [id, title]);
  const title = make('input', { class: 'form-control form-control-sm', type: 'text', maxlength: '40' });
  title.value = now.title;
  const from = choice('由哪类办件发出', now.from, kinds);
  const to = choice('发给哪类办件', now.to, kinds);
  const delivery = choice('怎样送达', now.delivery, [['', BY_ITSELF]], context.deliveries ?? []);
  const body = make('div', { class: 'studio-asks' }, ...(problem ? [make('p', { class: 'studio-problem', role: 'alert' }, problem)] : []),
    make('label', { class: 'studio-ask' }, make('span', {}, '消息名称'), title), from.node, to.node, delivery.node,
    make('p', { class: 'studio-help' }, '流程图上的环节发出的消息，要选择收件名单，或者等所有办件走到某个阶段。'));
  async function save() {
    const given = { title: title.value.trim(), from: from.select.value, to: to.select.value, delivery: delivery.select.value };
    const answer = await send('POST', context.messages_url, { name: existing?.name ?? '', ...given });
    if (!answer.ok) { messageDialog(kit, existing, { sends, done, values: given, problem: answer.data.message ?? '连接中断，没有保存，请稍后再试。' }); return; }
    // The lists are fetched again first, so that the drop-down knows the new message when it is chosen.
    document.dispatchEvent(new CustomEvent('studio:lists', { detail: () => done?.(answer.data.name) }));
  }
  dialog(existing ? `消息“${existing.title || existing.name}”` : '新建消息', body, [['取消'], ['保存', save, 'primary']]);
  title.focus();
}
