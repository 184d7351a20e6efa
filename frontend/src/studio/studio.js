// The diagram editor: <div data-studio-editor …></div>. README.md beside this file has the attributes and the JSON behind them.
import Modeler from 'bpmn-js/lib/Modeler';
import Minimap from 'diagram-js-minimap';
import TokenSimulation from 'bpmn-js-token-simulation';
import zh from 'bpmn-js-i18n-zh/lib/bpmn-js/index.js';
import zn from 'bpmn-js-i18n/translations/zn.js';
import allowed from './allowed.js';
import { commandsModule } from './commands.js';
import { compareDiagrams } from './compare.js';
import { Coverage } from './coverage.js';
import { readContext } from './context.js';
import { Draft, presence } from './draft.js';
import { flushFields } from './fields.js';
import { chooseDiagram, exportBpmn, exportSvg, lostContent } from './files.js';
import { Findings } from './findings.js';
import { frame } from './frame.js';
import { saveByKey, showKeys } from './keys.js';
import { keepLoopVariables } from './loops.js';
import moddle from './moddle.js';
import { button, fetched, make, mount } from './page.js';
import { Panel } from './panel.js';
import { dressSimulation } from './simulation.js';
import { translator } from './translate.js';
import { fitDiagram, readable } from './view.js';
import { words } from './words.js';
import './studio.css';

function newModeler(canvas, chinese) {
  const modeler = new Modeler({
    container: canvas, moddleExtensions: { spiffworkflow: moddle },
    additionalModules: [chinese.module, commandsModule, allowed, Minimap, TokenSimulation],
  });
  keepLoopVariables(modeler);
  return modeler;
}

function toolbar(tools, modeler, { simulate, importFile, exportAs }) {
  const actions = modeler.get('editorActions');
  // The search closes itself on the click that asked for it, so it is opened after that click.
  const act = (name, options) => () => { flushFields(); actions.trigger(name, options); };
  const canvas = modeler.get('canvas');
  const zoom = factor => () => canvas.zoom(Math.max(0.1, Math.min(4, canvas.zoom() * factor)), 'auto');
  const undo = button('撤销', act('undo'), { title: 'Ctrl+Z' });
  const redo = button('重做', act('redo'), { title: 'Ctrl+Y' });
  const simulation = button('模拟', simulate, { 'aria-pressed': 'false' });
  const map = button('小地图', () => { modeler.get('minimap').toggle(); map.setAttribute('aria-pressed', String(modeler.get('minimap').isOpen())); }, { 'aria-pressed': 'false' });
  const group = (label, ...children) => make('div', { class: 'btn-group', role: 'group', 'aria-label': label }, ...children);
  let look;
  tools.append(
    group('编辑', undo, redo, button('复制', act('copy'), { title: 'Ctrl+C' }), button('粘贴', act('paste'), { title: 'Ctrl+V' })),
    group('缩放', button('放大', zoom(1.25)), button('缩小', zoom(0.8)), button('适合窗口', () => fitDiagram(modeler)), button('100%', () => canvas.zoom(1, 'auto'))),
    look = group('查看', button('查找', () => setTimeout(act('find')), { title: 'Ctrl+F' }), map, simulation, button('快捷键', showKeys)),
    group('文件', button('导入 BPMN', importFile), button('导出 BPMN', () => exportAs('bpmn')), button('导出 SVG', () => exportAs('svg'))));
  const refresh = () => { undo.disabled = !modeler.get('commandStack').canUndo(); redo.disabled = !modeler.get('commandStack').canRedo(); };
  modeler.on('commandStack.changed', refresh);
  modeler.on('import.done', refresh);
  refresh();
  return { simulation, look };
}

function findingsList(place) {
  const title = make('h2', { 'data-findings-title': '', role: 'status' }, '正在检查…');
  const fold = button('收起', () => { const closed = place.classList.toggle('studio-folded'); fold.textContent = closed ? '展开' : '收起'; fold.setAttribute('aria-expanded', String(!closed)); }, { 'aria-expanded': 'true' });
  place.setAttribute('aria-label', '检查结果');
  place.append(make('div', { class: 'studio-below-head' }, title, fold), make('ol', { class: 'studio-findings' }));
}

// What a file holds and the editor cannot keep is named before anything is saved.
function lossy(draft, modeler, lost) {
  draft.blocked = 'lossy';
  draft.say('没有保存：文件里有编辑器不能保留的内容', 'problem');
  const list = make('ul', {}, ...lost.slice(0, 12).map(one => make('li', {}, one)), ...(lost.length > 12 ? [make('li', {}, `还有 ${lost.length - 12} 项`)] : []));
  const line = draft.notice('这个文件里有编辑器不能保留的内容，保存后将会丢失：', [
    ['知道了，不保留这些内容', () => { draft.blocked = null; draft.changed(); }],
    ['下载原来的文件', () => draft.downloadMine(modeler.studioSource), true],
  ]);
  line.querySelector('p').after(list);
}

async function start(place) {
  const data = place.dataset;
  const chinese = translator(zh, zn, words);
  const { tools, banner, work, below, state, others, setState } = frame(place, { title: data.title ?? data.file });
  const canvas = make('div', { class: 'studio-canvas' });
  const aside = make('aside', { class: 'studio-panel', 'aria-label': '属性' });
  work.append(canvas, aside);
  findingsList(below);
  setState(data.state || 'draft', data.versionLabel ?? '');

  let xml;
  let context;
  try {
    [xml, context] = await Promise.all([fetched(data.diagramUrl), fetched(data.contextUrl, 'json').then(readContext)]);
  } catch (error) {
    work.replaceChildren(make('p', { class: 'studio-failure', role: 'alert' }, error.message));
    return;
  }
  const modeler = newModeler(canvas, chinese);
  const panel = new Panel(aside, modeler, { context, translate: chinese.translate });
  const read = async () => { flushFields(); return (await modeler.saveXML({ format: true })).xml; };
  const checked = (counts, answer) => {
    if (!counts) return;
    coverage.show(answer.coverage);
    if (place.dataset.state === 'deployed') { if (counts.error) setState('deployed', `${data.versionLabel ?? ''}（按现在的规则有 ${counts.error} 个错误）`); }
    else if (counts.error) setState('draft', `有 ${counts.error} 个错误，还不能部署`);
    else setState('checked', '可以部署');
    place.dispatchEvent(new CustomEvent('studio:checked', { bubbles: true, detail: counts }));
  };
  const findings = new Findings({ viewer: modeler, url: data.checkUrl, file: data.file, list: below, read, onChecked: checked });
  const coverage = new Coverage(modeler);
  const draft = new Draft({
    url: data.draftUrl, file: data.file, type: 'application/xml', revision: data.revision, read, state, banner,
    restore: content => open(content, true),
    compare: (at, theirs, mine) => compareDiagrams(at, theirs, mine, { left: '服务器上的', right: '我的' }),
    onSaved: detail => place.dispatchEvent(new CustomEvent('studio:saved', { bubbles: true, detail })),
  });
  const changed = () => {
    setState('draft', '有改动，正在检查');
    draft.changed();
    findings.soon();
  };

  async function open(content, isNew) {
    modeler.studioSource = content;
    const { warnings } = await modeler.importXML(content);
    readable(modeler);
    const lost = lostContent(warnings);
    if (lost.length) lossy(draft, modeler, lost);
    else if (isNew) { if (draft.blocked === 'lossy') draft.blocked = null; changed(); }
    findings.soon();
  }

  const simulation = modeler.get('toggleMode');
  const { simulation: simulationButton, look } = toolbar(tools, modeler, {
    simulate: () => { flushFields(); simulation.toggleMode(); },
    importFile: chooseDiagram({
      convertUrl: data.importUrl,
      take: async (content, name) => {
        const before = await read();
        try { await open(content, true); } catch {
          await open(before, false);
          draft.notice(`“${name}”不能打开：文件不是完整的 BPMN 图。现在的流程图没有改动。`, [['知道了', () => {}]]);
        }
      },
    }),
    exportAs: kind => { flushFields(); return kind === 'svg' ? exportSvg(modeler, data.file) : exportBpmn(modeler, data.file); },
  });
  coverage.button(look);
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    simulationButton.setAttribute('aria-pressed', String(active));
    simulationButton.textContent = active ? '结束模拟' : '模拟';
    place.classList.toggle('studio-simulating', active);
  });
  dressSimulation(canvas);
  // The search listens to keys alone; Chinese may arrive without one (a candidate chosen with the mouse, or spoken).
  canvas.addEventListener('input', event => { if (event.target.closest('.djs-search-input')) event.target.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true })); });
  modeler.on('commandStack.changed', ({ trigger }) => { if (trigger !== 'clear') changed(); });
  // A name that is being written on the diagram itself counts too.
  const finish = () => { flushFields(); if (modeler.get('directEditing').isActive()) modeler.get('directEditing').complete(); };
  saveByKey(() => { finish(); draft.save(); });
  window.addEventListener('beforeunload', finish, true);
  // For the tests of this editor, and for whoever looks into it from the console.
  place.studio = { modeler, panel, draft, findings, missing: chinese.missing, context };
  try {
    await open(xml, false);
    draft.offerKept(xml);
  } catch (error) {
    console.warn(error);
    work.prepend(make('p', { class: 'studio-failure', role: 'alert' }, '这个文件不是完整的 BPMN 图，不能打开。可以导入另一个文件。'));
  }
  // A form that was made in another tab meanwhile can be chosen at once.
  document.addEventListener('visibilitychange', async () => {
    if (document.hidden) return;
    try { Object.assign(context, readContext(await fetched(data.contextUrl, 'json'))); panel.refresh(); } catch { /* The lists of before still stand. */ }
    findings.soon();
  });
  if (data.presenceUrl) presence(data.presenceUrl, data.file, others);
  new ResizeObserver(() => modeler.get('canvas').resized()).observe(canvas);
  place.dataset.ready = '';
}

mount('[data-studio-editor]', start);
