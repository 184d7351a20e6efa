// Several times: countersigning (会签) at once or one after another, and plain repetition; when enough have been completed.
import { is, loopOf, propertiesOf, splitNames } from '../commands.js';
import { expressionField, noteField, selectField, textField, typed } from '../fields.js';
import { COUNTERS } from '../variables.js';
import { make } from '../page.js';

const NAME = name => (name && !/^[A-Za-z]\w*$/.test(name) ? '变量名以英文字母开头，只含字母、数字和下划线。' : '');

// The completion condition as people say it: all · so many · such a share · so many votes, or such a share of votes, for a value.
const VOTES = (field, value) => `len([o for o in outputs if o["${field}"] == "${value}"])`;
const VOTED = String.raw`len\(\[(?:\w+) for (?:\w+) in outputs if \w+\["(\w+)"\] == "([^"]*)"\]\)`;
const QUORUM = {
  count: { words: '达到若干人即可', pattern: /^nrOfCompletedInstances >= (\d+)$/, write: ({ amount }) => `nrOfCompletedInstances >= ${amount}`, first: 2 },
  share: { words: '达到一定比例即可（百分数）', pattern: /^nrOfCompletedInstances \* 100 >= nrOfInstances \* (\d+)$/, write: ({ amount }) => `nrOfCompletedInstances * 100 >= nrOfInstances * ${amount}`, first: 50 },
  votes: { words: '某个意见达到若干票', pattern: new RegExp(`^${VOTED} >= (\\d+)$`), write: ({ field, value, amount }) => `${VOTES(field, value)} >= ${amount}`, first: 2, voted: true },
  voteShare: { words: '某个意见达到一定比例（百分数）', pattern: new RegExp(`^${VOTED} \\* 100 >= nrOfInstances \\* (\\d+)$`), write: ({ field, value, amount }) => `${VOTES(field, value)} * 100 >= nrOfInstances * ${amount}`, first: 50, voted: true },
};

export function readQuorum(text) {
  if (!text.trim()) return { kind: 'all', amount: '' };
  for (const [kind, { pattern, voted }] of Object.entries(QUORUM)) {
    const found = pattern.exec(text.trim());
    if (found) return { kind, field: voted ? found[1] : '', value: voted ? found[2] : '', amount: found.at(-1) };
  }
  return { kind: 'other', amount: '' };
}

// Variables that are lists come first; of the others nobody knows here.
function lists(kit) {
  const words = ({ name, title }) => [name, title ? `${title}（${name}）` : name];
  const all = kit.variables().filter(one => one.kind !== 'boolean' && !one.options);
  const groups = [['名单', all.filter(one => one.kind === 'list')], ['其他变量', all.filter(one => one.kind !== 'list')]];
  return groups.filter(([, inner]) => inner.length).map(([title, inner]) => [title, inner.map(words)]);
}

// What can be voted on: the exported fields of the task's form in which one of several values is chosen.
function ballots({ context, object }) {
  const properties = propertiesOf(object);
  const exported = splitNames(properties.get('exports'));
  return (context.find('form', properties.get('form') ?? '')?.fields ?? []).filter(one => one.options?.length && exported.includes(one.key));
}

function quorumField(kit, get, set) {
  const select = label => make('select', { class: 'form-select form-select-sm', 'aria-label': label });
  const option = (value, words) => make('option', { value }, words);
  const kind = select('多少人办完算完成');
  kind.append(option('all', '全部办完'), ...Object.entries(QUORUM).map(([value, { words }]) => option(value, words)), option('other', '按其他条件（写表达式）'));
  const amount = make('input', { type: 'number', min: '1', class: 'form-control form-control-sm', 'aria-label': '法定人数或比例' });
  const vote = select('哪个意见');
  const candidates = () => [...COUNTERS, ...kit.candidates()];
  const text = expressionField({ label: '完成条件', get, set, candidates, help: '例如同意的达到 3 票：len([o for o in outputs if o["opinion"] == "yes"]) >= 3' });
  const none = make('p', { class: 'studio-help' }, '表单里没有导出的选择项。请先在“填什么”中勾选要计票的字段。');
  const node = make('div', { class: 'studio-field' }, make('span', { class: 'studio-label' }, '多少人办完算完成'), make('div', { class: 'studio-pair' }, kind, amount), vote, none, text.node);
  let chosen = null; // What the drop-down says, as long as nothing can be written for it.
  const votes = () => ballots(kit).flatMap(one => one.options.map(({ value, label }) => ({ field: one.key, value, words: `${one.label || one.key}：${label}` })));
  const key = one => `${one.field} ${one.value}`;
  kind.addEventListener('change', () => {
    const entry = QUORUM[kind.value];
    const first = votes()[0];
    chosen = kind.value === 'other' || (entry?.voted && !first) ? kind.value : null;
    if (kind.value === 'all') set('');
    else if (entry && !chosen) set(entry.write({ ...first, amount: entry.first }));
    refresh();
  });
  vote.addEventListener('change', () => { const one = votes().find(each => key(each) === vote.value); if (one) set(QUORUM[kind.value].write({ ...readQuorum(get()), field: one.field, value: one.value })); });
  const showAmount = typed(amount, { get: () => readQuorum(get()).amount, set: value => { if (QUORUM[kind.value] && value >= 1) set(QUORUM[kind.value].write({ ...readQuorum(get()), amount: Number(value) })); } });
  function refresh() {
    const found = readQuorum(get());
    kind.value = chosen ?? found.kind;
    const entry = QUORUM[kind.value];
    const offered = votes();
    amount.hidden = !entry || chosen !== null;
    if (!amount.hidden) showAmount();
    vote.hidden = !entry?.voted || chosen !== null;
    if (!vote.hidden) {
      const known = offered.some(one => key(one) === key(found)) ? offered : [...offered, { ...found, words: `${found.field}：${found.value}（表单中没有）` }];
      vote.replaceChildren(...known.map(one => option(key(one), one.words)));
      vote.value = key(found);
    }
    none.hidden = !(entry?.voted && chosen !== null);
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
      selectField({ label: '名单（集合变量）', ...field('collection'), empty: '（没有名单，按固定的次数）', options: () => lists(kit), help: '名单里有几个，就办理几次。' }),
      textField({ label: '每一次的元素变量', ...field('item'), check: NAME, help: '可以用在“指定办理人”里。' }),
      expressionField({ label: '或者固定的次数', ...field('cardinality'), candidates: kit.candidates, help: '有名单时不填。' }),
      textField({ label: '结果存入（列表变量）', ...field('output'), check: NAME, help: '不需要汇总结果时不填。' }),
      textField({ label: '每一次的结果变量', ...field('outputItem'), check: NAME }),
      quorumField(kit, field('completion').get, field('completion').set),
      noteField('在循环中再次进入时，上一轮的结果会清空；要保留的请记入业务表。'),
    ];
  },
};
