// The form editor: <div data-forms-editor …></div>. The form-js editor with the components that the server renders, our own panel of
// properties, and a preview that the server renders as the applicant will see it. README.md has the attributes and the JSON.
import { FormEditor } from '@bpmn-io/form-js-editor';
import { compareJson } from './compare-json.js';
import { observeWords } from './dictionary.js';
import { Draft, presence } from './draft.js';
import { flushFields } from './fields.js';
import { FormPanel } from './forms-panel.js';
import { COMPONENTS, formPatterns, formWords } from './forms-words.js';
import { frame } from './frame.js';
import { saveByKey } from './keys.js';
import { button, download, fetched, later, make, mount, send } from './page.js';
import './forms-editor.css';

// Leaves in the registry of components only what the server renders, under Chinese names.
class Components {
  constructor(formFields) {
    const all = formFields._formFields;
    for (const [type, Component] of Object.entries(all)) {
      if (type === 'default') continue;
      if (!COMPONENTS[type]) { delete all[type]; continue; }
      const { config } = Component;
      const Ours = props => Component(props);
      Ours.config = { ...config, name: COMPONENTS[type], create: (options = {}) => fresh(config, type, options) };
      all[type] = Ours;
    }
    // In the order of our list: what is used most comes first.
    const sorted = Object.keys(COMPONENTS).filter(type => all[type]).map(type => [type, all[type]]);
    for (const [type] of sorted) delete all[type];
    Object.assign(all, Object.fromEntries(sorted));
  }
}
Components.$inject = ['formFields'];

function fresh(config, type, options) {
  const made = config.create(options);
  if (options.label === undefined && made.label !== undefined) made.label = COMPONENTS[type];
  if (made.dateLabel && !options.dateLabel) made.dateLabel = '日期';
  if (made.text && !options.text) made.text = '说明文字';
  if (made.values && !options.values) made.values = [{ label: '选项1', value: 'option1' }];
  return made;
}

const ours = {
  __init__: ['ownComponents'],
  ownComponents: ['type', Components],
  // Our own panel stands in the place of the library's, which offers formulas that the server refuses.
  propertiesPanel: ['value', { attachTo() {}, detach() {}, registerProvider() {} }],
  propertiesProvider: ['value', {}],
};

export function unsupported(schema) {
  const found = new Set();
  const walk = components => { for (const one of components ?? []) { if (!COMPONENTS[one.type]) found.add(one.type); walk(one.components); } };
  walk(schema.components);
  return [...found];
}

function previewPane(work) {
  const paper = make('div', { class: 'forms-preview-paper' });
  const pane = make('section', { class: 'forms-preview', 'aria-label': '预览', hidden: '' }, paper);
  pane.addEventListener('submit', event => event.preventDefault(), true);
  work.append(pane);
  return { pane, paper };
}

function problems(list, editor, findings) {
  list.hidden = !findings.length;
  list.replaceChildren(make('div', { class: 'studio-below-head' }, make('h2', { role: 'status' }, `表单有 ${findings.length} 处要修改`)), make('ol', { class: 'forms-problems' }, ...findings.map(one => {
    const field = editor.get('formFieldRegistry').getAll().find(component => component.key === one.field || component.path === one.field || component.id === one.field);
    const name = make(field ? 'button' : 'span', { class: 'studio-jump', ...(field ? { type: 'button' } : {}) }, field?.label || field?.dateLabel || one.field || '表单');
    if (field) name.addEventListener('click', () => editor.get('selection').set(field));
    return make('li', {}, make('span', { class: 'studio-word studio-word-error' }, '错误'), ' ', name, ' ', one.message);
  })));
}

async function start(place) {
  const data = place.dataset;
  const { tools, banner, work, below, state, others, setState } = frame(place, { title: data.title ?? data.file });
  setState(data.state || 'draft', data.versionLabel ?? '');
  let content;
  let context;
  try { [content, context] = await Promise.all([fetched(data.formUrl), data.contextUrl ? fetched(data.contextUrl, 'json') : {}]); } catch (error) {
    work.append(make('p', { class: 'studio-failure', role: 'alert' }, error.message));
    return;
  }
  const canvas = make('div', { class: 'forms-canvas' });
  const aside = make('aside', { class: 'studio-panel', 'aria-label': '属性' });
  work.append(canvas, aside);
  below.hidden = true;
  observeWords(canvas, formWords, { patterns: formPatterns });
  const editor = new FormEditor({ container: canvas, additionalModules: [ours], propertiesPanel: { parent: make('div') } });
  const { pane, paper } = previewPane(work);
  const read = async () => { flushFields(); return `${JSON.stringify(editor.saveSchema(), null, 2)}\n`; };
  const panel = new FormPanel(aside, editor, { sources: context.sources ?? [] });

  const preview = later(async () => {
    const answer = await send('POST', data.previewUrl, { file: data.file, content: await read() });
    const { html = '', findings = [] } = answer.data;
    if (!answer.ok) { paper.replaceChildren(make('p', { role: 'alert' }, answer.data.message ?? '预览暂时无法显示，请稍后再试。')); return; }
    problems(below, editor, findings);
    setState(findings.length ? 'draft' : place.dataset.state === 'deployed' ? 'deployed' : 'checked', findings.length ? `有 ${findings.length} 处要修改` : '');
    // From our own server, which escapes what people typed; a parsed document runs no scripts.
    paper.replaceChildren(...new DOMParser().parseFromString(html || '<p>改正下面列出的问题后，可以预览。</p>', 'text/html').body.childNodes);
    paper.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: paper } }));
  }, 800);
  const draft = new Draft({
    url: data.draftUrl, file: data.file, type: 'application/json', revision: data.revision, read, state, banner,
    restore: text => open(text), compare: (at, theirs, mine) => compareJson(at, JSON.parse(theirs), JSON.parse(mine)),
    onSaved: detail => place.dispatchEvent(new CustomEvent('studio:saved', { bubbles: true, detail })),
  });
  const stack = editor.get('commandStack');
  const undo = button('撤销', () => { flushFields(); stack.undo(); });
  const redo = button('重做', () => { flushFields(); stack.redo(); });
  const views = [['设计', ''], ['预览（电脑）', 'wide'], ['预览（手机）', 'narrow']].map(([words, size]) => button(words, () => show(size), { 'aria-pressed': 'false', 'data-view': size }));
  function show(size) {
    flushFields();
    views.forEach(one => one.setAttribute('aria-pressed', String(one.dataset.view === size)));
    canvas.hidden = Boolean(size);
    aside.hidden = Boolean(size);
    pane.hidden = !size;
    paper.classList.toggle('forms-preview-narrow', size === 'narrow');
    if (size) { preview(); preview.now(); }
  }
  const group = (label, ...children) => make('div', { class: 'btn-group', role: 'group', 'aria-label': label }, ...children);
  tools.append(group('编辑', undo, redo), group('视图', ...views), group('文件', button('导出表单', async () => download(data.file, await read(), 'application/json'))));
  const refresh = () => { undo.disabled = !stack.canUndo(); redo.disabled = !stack.canRedo(); };

  async function open(text) {
    const schema = JSON.parse(text);
    const foreign = unsupported(schema);
    if (foreign.length) throw new Error(`表单里有系统不支持的组件：${foreign.join('、')}。请在别处删去后再打开。`);
    await editor.importSchema(schema);
    refresh();
  }
  try { await open(content); } catch (error) {
    work.prepend(make('p', { class: 'studio-failure', role: 'alert' }, error instanceof SyntaxError ? '这个文件不是表单文件，不能打开。' : error.message));
    return;
  }
  editor.on('commandStack.changed', ({ trigger }) => { refresh(); if (trigger === 'clear') return; setState('draft', '有改动'); draft.changed(); preview(); });
  saveByKey(() => { document.activeElement?.blur(); flushFields(); draft.save(); });
  draft.offerKept(content);
  show('');
  preview();
  if (data.presenceUrl) presence(data.presenceUrl, data.file, others);
  place.studio = { editor, panel, draft };
  place.dataset.ready = '';
}

mount('[data-forms-editor]', start);
