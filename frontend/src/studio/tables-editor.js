// The decision table editor: <div data-tables-editor …></div>. dmn-js set up so that what it writes the engine can run: Python as the
// expression language, no FEEL editor, three hit policies. Its page needs style-src 'unsafe-inline'. README.md has the contract.
import DmnModeler from 'dmn-js/lib/Modeler';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import { observeWords } from './dictionary.js';
import { Draft, presence } from './draft.js';
import { frame } from './frame.js';
import { saveByKey } from './keys.js';
import { button, download, fetched, later, make, mount, send } from './page.js';
import { compareTables } from './tables-compare.js';
import { tableWords } from './tables-words.js';
import { TryRow } from './tables-try.js';
import { translator } from './translate.js';
import './tables-editor.css';

const POLICIES = ['UNIQUE', 'FIRST', 'COLLECT'];

// The menu offers what the engine runs; the policy that a file has already stays in it, so that it can be seen and changed.
function offerPolicies(present) {
  for (const entry of [...HIT_POLICIES]) {
    const { hitPolicy, aggregation } = entry.value;
    const now = present.hitPolicy === hitPolicy && (present.aggregation || undefined) === aggregation;
    if ((!POLICIES.includes(hitPolicy) || aggregation) && !now) HIT_POLICIES.splice(HIT_POLICIES.indexOf(entry), 1);
  }
}

function newModeler(container, chinese) {
  const python = { options: [{ value: 'python', label: 'Python' }], defaults: { editor: 'python', inputCell: 'python', outputCell: 'python', inputHead: 'python', literalExpression: 'python' } };
  return new DmnModeler({
    container,
    common: { expressionLanguages: python, dataTypes: ['string', 'number', 'boolean', 'any'] },
    decisionTable: {
      dataTypes: ['string', 'number', 'boolean', 'any'],
      additionalModules: [chinese.module, { simpleMode: ['value', { registerProvider() {}, canSimpleEdit() { return false; } }] }],
    },
  });
}

function listFindings(place, canvas, file, findings) {
  const mine = findings.filter(one => one.file === file);
  place.hidden = !mine.length;
  place.replaceChildren(...mine.map(one => {
    const go = make('button', { type: 'button', class: 'studio-jump' }, one.element ? '到单元格' : '决策表');
    go.addEventListener('click', () => {
      const cell = canvas.querySelector(`[data-element-id="${CSS.escape(one.element)}"]`);
      cell?.scrollIntoView({ block: 'center', inline: 'center' });
      (cell?.querySelector('[contenteditable]') ?? cell)?.focus();
    });
    return make('li', {}, make('span', { class: `studio-word studio-word-${one.severity}` }, one.severity === 'error' ? '错误' : '提醒'), go, make('span', {}, make('strong', {}, one.message), ' ', one.cure));
  }));
}

async function start(place) {
  const data = place.dataset;
  const chinese = translator(tableWords);
  const { tools, banner, work, below, state, others, setState } = frame(place, { title: data.title ?? data.file });
  setState(data.state || 'draft', data.versionLabel ?? '');
  const canvas = make('div', { class: 'tables-canvas' });
  work.append(canvas);
  observeWords(canvas, tableWords, { ignore: '.decision-rule' });
  let content;
  try { content = await fetched(data.tableUrl); } catch (error) {
    work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, error.message));
    return;
  }
  const modeler = newModeler(canvas, chinese);
  const decision = () => modeler.getDefinitions().get('drgElement').find(one => one.$type === 'dmn:Decision');
  const table = () => decision()?.decisionLogic ?? {};
  const read = async () => { if (canvas.contains(document.activeElement)) document.activeElement.blur(); return (await modeler.saveXML({ format: true })).xml; };
  // Cells are read without taking the focus away while somebody types on.
  const peek = async () => (await modeler.saveXML({ format: true })).xml;
  const draft = new Draft({
    url: data.draftUrl, file: data.file, type: 'application/xml', revision: data.revision, read: peek, state, banner,
    restore: text => open(text), compare: (at, theirs, mine) => compareTables(at, theirs, mine),
    onSaved: detail => place.dispatchEvent(new CustomEvent('studio:saved', { bubbles: true, detail })),
  });
  const findings = make('ol', { class: 'tables-findings', hidden: '', 'aria-label': '检查结果' });
  const mark = rules => {
    for (const cell of canvas.querySelectorAll('.tables-hit')) cell.classList.remove('tables-hit');
    for (const id of rules) for (const cell of canvas.querySelectorAll(`[data-row-id="${CSS.escape(id)}"]`)) cell.classList.add('tables-hit');
  };
  below.append(make('p', { class: 'tables-help' }, '条件写 >= 60、"甲" 或 60 < ? <= 80（? 是这一列的值），不限的写“-”；结果的文字写在英文引号里，例如 "一等奖"，是与否写 True、False。'), findings);
  const trial = new TryRow(below, { url: data.tryUrl, file: data.file, read, table, mark });

  const check = later(async () => {
    if (!data.checkUrl) return;
    const answer = await send('POST', data.checkUrl, { file: data.file, content: await peek() });
    if (!answer.ok) return;
    const all = answer.data.findings ?? [];
    const errors = all.filter(one => one.severity === 'error' && one.file === data.file).length;
    listFindings(findings, canvas, data.file, all);
    if (place.dataset.state !== 'deployed') setState(errors ? 'draft' : 'checked', errors ? `有 ${errors} 个错误，还不能部署` : '可以部署');
  }, 1200);

  async function open(xml) {
    const parsed = /hitPolicy="([A-Z ]+)"/.exec(xml)?.[1] ?? 'UNIQUE';
    offerPolicies({ hitPolicy: parsed, aggregation: /aggregation="([A-Z]+)"/.exec(xml)?.[1] });
    await modeler.importXML(xml);
    const view = modeler.getViews().find(one => one.type === 'decisionTable');
    if (!view) throw new Error('no decision table');
    await modeler.open(view);
    const viewer = modeler.getActiveViewer();
    viewer.on('commandStack.changed', ({ trigger }) => { refresh(); if (trigger === 'clear') return; setState('draft', '有改动'); draft.changed(); check(); trial.refresh(); mark([]); });
    trial.refresh();
    refresh();
  }
  const stack = () => modeler.getActiveViewer()?.get('commandStack');
  const undo = button('撤销', () => stack().undo());
  const redo = button('重做', () => stack().redo());
  function refresh() { undo.disabled = !stack()?.canUndo(); redo.disabled = !stack()?.canRedo(); }
  const group = (label, ...children) => make('div', { class: 'btn-group', role: 'group', 'aria-label': label }, ...children);
  const modeling = () => modeler.getActiveViewer().get('modeling');
  const sheet = () => modeler.getActiveViewer().get('sheet').getRoot();
  tools.append(group('编辑', undo, redo), group('增加', button('添加一行', () => modeling().addRow({ type: 'dmn:DecisionRule' })),
    button('添加条件列', () => modeling().addCol({ type: 'dmn:InputClause' }, (table().input ?? []).length)),
    button('添加结果列', () => modeling().addCol({ type: 'dmn:OutputClause' }, sheet().cols.length))),
  group('文件', button('导出 DMN', async () => download(data.file, await read(), 'application/xml'))));
  try { await open(content); } catch (error) {
    console.warn(error);
    work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, '这个文件里没有可以编辑的决策表。一个文件放一张决策表。'));
    return;
  }
  saveByKey(async () => { await read(); draft.save(); });
  draft.offerKept(content);
  check();
  if (data.presenceUrl) presence(data.presenceUrl, data.file, others);
  place.studio = { modeler, draft, trial, missing: chinese.missing };
  place.dataset.ready = '';
}

mount('[data-tables-editor]', start);
