// The decision table editor: <div data-tables-editor …></div>. dmn-js set up so that what it writes the engine can run: Python as the
// expression language, no FEEL editor, three hit policies. Its page needs style-src 'unsafe-inline'. README.md has the contract.
import DmnModeler from 'dmn-js/lib/Modeler';
import { HIT_POLICIES } from 'dmn-js-decision-table/lib/features/hit-policy/HitPolicies';
import { observeWords } from './dictionary.js';
import { Draft, presence } from './draft.js';
import { frame } from './frame.js';
import { saveByKey } from './keys.js';
import { button, download, fetched, later, make, mount, send } from './page.js';
import { buttonGroup } from './toolbar.js';
import { compareTables } from './tables-compare.js';
import { tableWords } from './tables-words.js';
import { CellCompletion } from './tables-complete.js';
import { TryRow } from './tables-try.js';
import { translator } from './translate.js';
import './tables-editor.css';

const HEAD_DELAY = 350; // dmn-js hands over what was written in a head 300 ms after the last key: earlier, the text before it would be saved.
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

function listFindings(place, canvas, mine) {
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

const HELP = '条件写 >= 60、"甲" 或 60 < ? <= 80（? 是这一列的值），不限的写“-”；结果的文字写在英文引号里，例如 "一等奖"，是与否写 True、False。按 Ctrl+空格 列出可用的变量和值。';

class Editor {
  constructor(place) {
    this.place = place;
    this.data = place.dataset;
    this.chinese = translator(tableWords);
    this.frame = frame(place, { title: this.data.title ?? this.data.file });
    this.frame.setState(this.data.state || 'draft', this.data.versionLabel ?? '');
    this.canvas = make('div', { class: 'tables-canvas' });
    this.findings = make('ol', { class: 'tables-findings', hidden: '', 'aria-label': '检查结果' });
    this.frame.work.append(this.canvas);
  }

  async start() {
    const { data, frame: { work, others } } = this;
    let content;
    try { content = await fetched(data.tableUrl); } catch (error) {
      work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, error.message));
      return;
    }
    this.assemble();
    try { await this.open(content); } catch (error) {
      console.warn(error);
      work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, '这个文件里没有可以编辑的决策表。一个文件放一张决策表。'));
      return;
    }
    this.draft.offerKept(content);
    this.lists();
    this.check();
    if (data.presenceUrl) presence(data.presenceUrl, data.file, others);
    this.place.dataset.ready = '';
  }

  assemble() {
    const { data, frame: { below, state, banner } } = this;
    observeWords(this.canvas, tableWords, { ignore: '.decision-rule' });
    this.modeler = newModeler(this.canvas, this.chinese);
    this.draft = new Draft({
      url: data.draftUrl, file: data.file, type: 'application/xml', revision: data.revision, read: () => this.peek(), state, banner,
      restore: text => this.open(text), compare: (at, theirs, mine) => compareTables(at, theirs, mine),
      onSaved: detail => this.place.dispatchEvent(new CustomEvent('studio:saved', { bubbles: true, detail })),
    });
    this.check = later(() => this.ask(), 1200);
    below.append(make('p', { class: 'tables-help' }, HELP), this.findings);
    this.trial = new TryRow(below, { url: data.tryUrl, file: data.file, read: () => this.read(), table: () => this.table(), mark: rules => this.mark(rules) });
    this.completion = new CellCompletion(this.canvas, { table: () => this.table(), lists: () => this.offered ?? {} });
    this.tools();
    saveByKey(async () => { this.finish(); await new Promise(done => setTimeout(done, HEAD_DELAY)); this.draft.save(); });
    window.addEventListener('beforeunload', () => this.finish(), true);
    this.place.studio = { modeler: this.modeler, draft: this.draft, trial: this.trial, missing: this.chinese.missing };
  }

  // What the table may read; without it nothing is offered, and everything can be typed all the same.
  async lists() {
    const { data } = this;
    let found = {};
    if (data.contextUrl) { try { found = await fetched(data.contextUrl, 'json'); } catch { /* The lists of before still stand. */ } }
    const { reads } = (found.tables ?? []).find(({ file }) => file === data.file) ?? {};
    this.offered = { reads, functions: found.functions };
  }

  service(name) { return this.modeler.getActiveViewer()?.get(name); }

  table() { return this.modeler.getDefinitions().get('drgElement').find(one => one.$type === 'dmn:Decision')?.decisionLogic ?? {}; }

  // A cell is written when it is left.
  finish() { if (this.canvas.contains(document.activeElement)) document.activeElement.blur(); }

  async read() {
    this.finish();
    return this.peek();
  }

  // Without taking the focus away while somebody types on.
  async peek() { return (await this.modeler.saveXML({ format: true })).xml; }

  tools() {
    this.undo = button('撤销', () => this.service('commandStack').undo());
    this.redo = button('重做', () => this.service('commandStack').redo());
    const add = (words, action) => button(words, () => { this.finish(); action(this.service('modeling')); });
    this.frame.tools.append(buttonGroup('编辑', this.undo, this.redo),
      buttonGroup('增加', add('添加一行', modeling => modeling.addRow({ type: 'dmn:DecisionRule' })),
        add('添加条件列', modeling => modeling.addCol({ type: 'dmn:InputClause' }, (this.table().input ?? []).length)),
        add('添加结果列', modeling => modeling.addCol({ type: 'dmn:OutputClause' }, this.service('sheet').getRoot().cols.length))),
      buttonGroup('文件', button('导出 DMN', async () => download(this.data.file, await this.read(), 'application/xml'))));
  }

  async open(xml) {
    offerPolicies({ hitPolicy: /hitPolicy="([A-Z ]+)"/.exec(xml)?.[1] ?? 'UNIQUE', aggregation: /aggregation="([A-Z]+)"/.exec(xml)?.[1] });
    await this.modeler.importXML(xml);
    const view = this.modeler.getViews().find(one => one.type === 'decisionTable');
    if (!view) throw new Error('no decision table');
    await this.modeler.open(view);
    this.modeler.getActiveViewer().on('commandStack.changed', ({ trigger }) => { this.refresh(); if (trigger !== 'clear') this.changed(); });
    this.trial.refresh();
    this.refresh();
  }

  refresh() {
    this.undo.disabled = !this.service('commandStack')?.canUndo();
    this.redo.disabled = !this.service('commandStack')?.canRedo();
  }

  changed() {
    this.frame.setState('draft', '有改动');
    this.draft.changed();
    this.check();
    this.trial.refresh();
    this.mark([]);
  }

  // The rows that matched.
  mark(rules) {
    for (const cell of this.canvas.querySelectorAll('.tables-hit')) cell.classList.remove('tables-hit');
    for (const id of rules) for (const cell of this.canvas.querySelectorAll(`[data-row-id="${CSS.escape(id)}"]`)) cell.classList.add('tables-hit');
  }

  async ask() {
    const { data, frame: { setState } } = this;
    if (!data.checkUrl) return;
    const answer = await send('POST', data.checkUrl, { file: data.file, content: await this.peek() });
    if (!answer.ok) return;
    const mine = (answer.data.findings ?? []).filter(one => one.file === data.file);
    const errors = mine.filter(one => one.severity === 'error').length;
    listFindings(this.findings, this.canvas, mine);
    if (data.state !== 'deployed') setState(errors ? 'draft' : 'checked', errors ? `有 ${errors} 个错误，还不能部署` : '可以部署');
  }
}

mount('[data-tables-editor]', place => new Editor(place).start());
