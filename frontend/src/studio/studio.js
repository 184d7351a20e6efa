// The diagram editor: <div data-studio-editor …></div>. README.md beside this file has the attributes and the JSON behind them.
import Modeler from 'bpmn-js/lib/Modeler';
import Minimap from 'diagram-js-minimap';
import TokenSimulation from 'bpmn-js-token-simulation';
import zh from 'bpmn-js-i18n-zh/lib/bpmn-js/index.js';
import zn from 'bpmn-js-i18n/translations/zn.js';
import allowed from './allowed.js';
import { commandsModule } from './commands.js';
import { compareDiagrams } from './compare.js';
import { readContext } from './context.js';
import { Coverage } from './coverage.js';
import { Draft, presence, whenOthersSave } from './draft.js';
import { flushFields } from './fields.js';
import { chooseDiagram, exportBpmn, exportSvg, lostContent } from './files.js';
import { Findings, findingsList } from './findings.js';
import { frame } from './frame.js';
import { askForLanes } from './groups/lane.js';
import { saveByKey } from './keys.js';
import { keepLoopVariables } from './loops.js';
import moddle from './moddle.js';
import { fetched, make, mount } from './page.js';
import { Panel } from './panel.js';
import { dressSimulation } from './simulation.js';
import { toolbar } from './toolbar.js';
import { translator } from './translate.js';
import { readable } from './view.js';
import { words } from './words.js';
import './studio.css';

class Editor {
  constructor(place) {
    this.place = place;
    this.data = place.dataset;
    this.chinese = translator(zh, zn, words);
    this.frame = frame(place, { title: this.data.title ?? this.data.file });
    this.canvas = make('div', { class: 'studio-canvas' });
    this.aside = make('aside', { class: 'studio-panel', 'aria-label': '属性' });
    this.frame.work.append(this.canvas, this.aside);
    findingsList(this.frame.below);
    this.frame.setState(this.data.state || 'draft', this.data.versionLabel ?? '');
  }

  async start() {
    const { data, frame: { work } } = this;
    try {
      const [xml, context] = await Promise.all([fetched(data.diagramUrl), fetched(data.contextUrl, 'json').then(readContext)]);
      this.context = context;
      this.assemble();
      await this.show(xml);
    } catch (error) {
      work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, error.message));
      return;
    }
    if (data.presenceUrl) presence(data.presenceUrl, data.file, this.frame.others);
    this.place.dataset.ready = '';
  }

  assemble() {
    const { data, frame: { below, state, banner } } = this;
    this.modeler = new Modeler({
      container: this.canvas, moddleExtensions: { spiffworkflow: moddle },
      additionalModules: [this.chinese.module, commandsModule, allowed, Minimap, TokenSimulation],
    });
    keepLoopVariables(this.modeler);
    this.panel = new Panel(this.aside, this.modeler, { context: this.context, translate: this.chinese.translate });
    this.coverage = new Coverage(this.modeler);
    const read = () => this.read();
    this.findings = new Findings({ viewer: this.modeler, url: data.checkUrl, file: data.file, list: below, read, onChecked: (counts, answer) => this.checked(counts, answer), onShown: () => this.panel.judge() });
    this.panel.said = id => this.findings.of(id);
    this.draft = new Draft({
      url: data.draftUrl, file: data.file, type: 'application/xml', revision: data.revision, read, state, banner,
      restore: content => this.open(content, true),
      compare: (at, theirs, mine) => compareDiagrams(at, theirs, mine, { left: '服务器上的', right: '我的' }),
      onSaved: detail => this.tell('studio:saved', detail),
    });
    this.dress();
    this.listen();
    // For the tests of this editor, and for whoever looks into it from the console.
    this.place.studio = { modeler: this.modeler, panel: this.panel, draft: this.draft, findings: this.findings, missing: this.chinese.missing };
  }

  dress() {
    const look = toolbar(this.frame.tools, this.modeler, {
      importFile: chooseDiagram({ convertUrl: this.data.importUrl, take: (content, name) => this.take(content, name) }),
      exportAs: kind => { this.finish(); return (kind === 'svg' ? exportSvg : exportBpmn)(this.modeler, this.data.file); },
    });
    this.coverage.button(look);
    dressSimulation(this.canvas);
    // The search listens to keys alone; Chinese may arrive without one (a candidate chosen with the mouse, or spoken).
    this.canvas.addEventListener('input', event => { if (event.target.closest('.djs-search-input')) event.target.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true })); });
    // The palette lies over the left of the diagram: what the search or the gate leads to comes clear of it.
    const canvas = this.modeler.get('canvas');
    const scroll = canvas.scrollToElement.bind(canvas);
    canvas.scrollToElement = element => scroll(element, { top: 120, right: 180, bottom: 120, left: 260 });
    new ResizeObserver(() => canvas.resized()).observe(this.canvas);
  }

  listen() {
    this.modeler.on('tokenSimulation.toggleMode', ({ active }) => this.place.classList.toggle('studio-simulating', active));
    this.modeler.on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') this.changed(); });
    saveByKey(() => { this.finish(); this.draft.save(); });
    window.addEventListener('beforeunload', () => this.finish(), true);
    // A form that was made in another tab meanwhile can be chosen at once.
    document.addEventListener('studio:lanes', () => { this.panel.refresh(); this.findings.soon(); });
    document.addEventListener('studio:lists', async ({ detail }) => { await this.renew(); detail(); });
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.renew(); });
    whenOthersSave(() => this.renew());
  }

  async renew() {
    try { Object.assign(this.context, readContext(await fetched(this.data.contextUrl, 'json'))); this.panel.refresh(); } catch { /* The lists of before still stand. */ }
    this.findings.soon();
  }

  tell(name, detail) { this.place.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }

  // What is being typed, in the panel or on the diagram itself, counts.
  finish() {
    flushFields();
    if (this.modeler.get('directEditing').isActive()) this.modeler.get('directEditing').complete();
  }

  async read() {
    flushFields();
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  changed() {
    this.frame.setState('draft', '有改动，正在检查');
    this.draft.changed();
    this.findings.soon();
  }

  checked(counts, answer) {
    if (!counts) return;
    const { setState } = this.frame;
    this.coverage.show(answer.coverage);
    if (this.data.state === 'deployed') { if (counts.error) setState('deployed', `${this.data.versionLabel ?? ''}（按现在的规则有 ${counts.error} 个错误）`); }
    else if (counts.error) setState('draft', `有 ${counts.error} 个错误，还不能部署`);
    else setState('checked', '可以部署');
    this.tell('studio:checked', counts);
  }

  async show(xml) {
    try {
      await this.open(xml, false);
      this.draft.offerKept(xml);
    } catch (error) {
      console.warn(error);
      this.frame.work.prepend(make('p', { class: 'studio-failure', role: 'alert' }, '这个文件不是完整的 BPMN 图，不能打开。可以导入另一个文件。'));
    }
  }

  async open(content, isNew) {
    const { warnings } = await this.modeler.importXML(content);
    readable(this.modeler);
    const lost = lostContent(warnings);
    if (lost.length) this.lossy(lost, content);
    else if (isNew) { if (this.draft.blocked === 'lossy') this.draft.blocked = null; this.changed(); }
    this.findings.soon();
  }

  // What a file holds and the editor cannot keep is named before anything is saved.
  lossy(lost, source) {
    const { draft } = this;
    draft.blocked = 'lossy';
    draft.say('没有保存：文件里有编辑器不能保留的内容', 'problem');
    const line = draft.notice('这个文件里有编辑器不能保留的内容，保存后将会丢失：', [
      ['知道了，不保留这些内容', () => { draft.blocked = null; draft.changed(); }],
      ['下载原来的文件', () => draft.downloadMine(source), true],
    ]);
    line.querySelector('p').after(make('ul', {}, ...lost.slice(0, 12).map(one => make('li', {}, one)), ...(lost.length > 12 ? [make('li', {}, `还有 ${lost.length - 12} 项`)] : [])));
  }

  // A file that somebody chose; when it cannot be opened, the diagram of before comes back.
  async take(content, name) {
    const before = await this.read();
    try {
      await this.open(content, true);
      askForLanes(this.modeler, this.context);
    } catch {
      await this.open(before, false);
      this.draft.notice(`“${name}”不能打开：文件不是完整的 BPMN 图。现在的流程图没有改动。`, [['知道了', () => {}]]);
    }
  }
}

mount('[data-studio-editor]', place => new Editor(place).start());
