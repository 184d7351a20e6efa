// Several times: countersigning (会签) at once or one after another, and plain repetition; when enough have been completed.
import { is, loopOf } from '../commands.js';
import { expressionField, noteField, selectField, textField, typed } from '../fields.js';
import { COUNTERS } from '../variables.js';
import { make } from '../page.js';

const NAME = name => (name && !/^[A-Za-z]\w*$/.test(name) ? '变量名以英文字母开头，只含字母、数字和下划线。' : '');

// The completion condition as people say it: all · so many · such a share · so many votes for a value.
const QUORUM = [
  ['count', '达到若干人即可', /^nrOfCompletedInstances >= (\d+)$/, value => `nrOfCompletedInstances >= ${value}`, '人数', 2],
  ['share', '达到一定比例即可（百分数）', /^nrOfCompletedInstances \* 100 >= nrOfInstances \* (\d+)$/, value => `nrOfCompletedInstances * 100 >= nrOfInstances * ${value}`, '百分之', 50],
];

export function readQuorum(text) {
  if (!text.trim()) return { kind: 'all', value: '' };
  for (const [kind, , pattern] of QUORUM) {
    const found = pattern.exec(text.trim());
    if (found) return { kind, value: found[1] };
  }
  return { kind: 'other', value: '' };
}

function quorumField(kit, get, set) {
  const kind = make('select', { class: 'form-select form-select-sm', 'aria-label': '多少人办完算完成' }, make('option', { value: 'all' }, '全部办完'),
    ...QUORUM.map(([value, words]) => make('option', { value }, words)), make('option', { value: 'other' }, '按票数或其他条件（写表达式）'));
  const amount = make('input', { type: 'number', min: '1', class: 'form-control form-control-sm', 'aria-label': '法定人数或比例' });
  const candidates = () => [...COUNTERS, ...kit.candidates()];
  const text = expressionField({ label: '完成条件', get, set, candidates, help: '例如同意的达到 3 票：len([o for o in outputs if o["opinion"] == "yes"]) >= 3' });
  const node = make('div', { class: 'studio-field' }, make('span', { class: 'studio-label' }, '多少人办完算完成'), make('div', { class: 'studio-pair' }, kind, amount), text.node);
  let other = false;
  const entry = () => QUORUM.find(([name]) => name === kind.value);
  kind.addEventListener('change', () => {
    other = kind.value === 'other';
    if (kind.value === 'all') set('');
    else if (entry()) set(entry()[3](entry()[5]));
    refresh();
  });
  const showAmount = typed(amount, { get: () => readQuorum(get()).value, set: value => { if (entry() && value >= 1) set(entry()[3](String(Number(value)))); } });
  function refresh() {
    const found = readQuorum(get());
    kind.value = other ? 'other' : found.kind;
    amount.hidden = !entry();
    if (entry()) showAmount();
    text.node.hidden = kind.value !== 'other';
    text.refresh();
  }
  return { node, refresh };
}

export const loop = {
  id: 'loop',
  title: '办理几次',
  applies: object => is(object, 'bpmn:Activity') && !is(object, 'bpmn:SendTask'),
  signature: object => loopOf(object).kind,
  build(kit) {
    const { element, object, commands } = kit;
    const field = name => ({ get: () => loopOf(object)[name] ?? '', set: value => commands.setLoop(element, name, value) });
    const kind = selectField({
      label: '方式', empty: null, get: () => loopOf(object).kind, set: value => commands.setLoopKind(element, value),
      options: () => [['once', '一次'], ['parallel', '多人同时（会签）'], ['sequential', '多人依次（顺序会签）'], ['standard', '重复办理']],
    });
    const now = loopOf(object).kind;
    if (now === 'once') return [kind];
    if (now === 'standard') {
      return [kind, textField({ label: '最多几次', ...field('maximum'), check: value => (/^\d+$/.test(value) ? '' : '请填写整数。') }),
        expressionField({ label: '继续的条件', ...field('condition'), candidates: kit.candidates })];
    }
    return [kind,
      expressionField({ label: '名单（集合变量）', ...field('collection'), candidates: kit.candidates, placeholder: 'experts', help: '名单里有几个，就办理几次。' }),
      textField({ label: '每一次的元素变量', ...field('item'), check: NAME, help: '可以用在“指定办理人”里。' }),
      expressionField({ label: '或者固定的次数', ...field('cardinality'), candidates: kit.candidates, help: '有名单时不填。' }),
      textField({ label: '结果存入（列表变量）', ...field('output'), check: NAME, help: '不需要汇总结果时不填。' }),
      textField({ label: '每一次的结果变量', ...field('outputItem'), check: NAME }),
      quorumField(kit, field('completion').get, field('completion').set),
      noteField('在循环中再次进入时，上一轮的结果会清空；要保留的请记入业务表。'),
    ];
  },
};
