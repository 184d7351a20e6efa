// The form editor: <div data-forms-editor …></div>. The form-js editor with the components that the server renders, our own panel of
// properties, and a preview that the server renders as the applicant will see it. README.md has the attributes and the JSON.
import { FormEditor } from '@bpmn-io/form-js-editor';
import { compareJson } from './compare-json.js';
import { observeWords } from './dictionary.js';
import { Draft, presence, tellOthers } from './draft.js';
import { flushFields } from './fields.js';
import { FormPanel } from './forms-panel.js';
import { COMPONENTS, formPatterns, formWords } from './forms-words.js';
import { frame } from './frame.js';
import { saveByKey } from './keys.js';
import { button, download, fetched, later, make, mount, send } from './page.js';
import { buttonGroup } from './toolbar.js';
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

class Editor {
  constructor(place) {
    this.place = place;
    this.data = place.dataset;
    this.frame = frame(place, { title: this.data.title ?? this.data.file });
    this.frame.setState(this.data.state || 'draft', this.data.versionLabel ?? '');
    this.frame.below.hidden = true;
    this.canvas = make('div', { class: 'forms-canvas' });
    this.aside = make('aside', { class: 'studio-panel', 'aria-label': '属性' });
    this.paper = make('div', { class: 'forms-preview-paper' });
    this.pane = make('section', { class: 'forms-preview', 'aria-label': '预览', hidden: '' }, this.paper);
    this.pane.addEventListener('submit', event => event.preventDefault(), true);
  }

  async start() {
    const { data, frame: { work, others } } = this;
    try {
      const [content, context] = await Promise.all([fetched(data.formUrl), data.contextUrl ? fetched(data.contextUrl, 'json') : {}]);
      this.assemble(context);
      await this.open(content);
      this.listen(content);
    } catch (error) {
      work.prepend(make('p', { class: 'studio-failure', role: 'alert' }, error instanceof SyntaxError ? '这个文件不是表单文件，不能打开。' : error.message));
      return;
    }
    if (data.presenceUrl) presence(data.presenceUrl, data.file, others);
    this.place.dataset.ready = '';
  }

  assemble({ sources }) {
    const { data, frame: { work, state, banner } } = this;
    work.append(this.canvas, this.aside, this.pane);
    observeWords(this.canvas, formWords, { patterns: formPatterns });
    this.editor = new FormEditor({ container: this.canvas, additionalModules: [ours], propertiesPanel: { parent: make('div') } });
    this.panel = new FormPanel(this.aside, this.editor, { sources });
    this.draft = new Draft({
      url: data.draftUrl, file: data.file, type: 'application/json', revision: data.revision, read: () => this.read(), state, banner,
      restore: text => this.open(text), compare: (at, theirs, mine) => compareJson(at, JSON.parse(theirs), JSON.parse(mine)),
      onSaved: detail => this.place.dispatchEvent(new CustomEvent('studio:saved', { bubbles: true, detail })),
    });
    this.preview = later(() => this.render(), 800);
    this.tools();
    this.place.studio = { editor: this.editor, panel: this.panel, draft: this.draft };
  }

  tools() {
    const views = [['设计', ''], ['预览（电脑）', 'wide'], ['预览（手机）', 'narrow']];
    this.views = views.map(([words, size]) => button(words, () => this.show(size), { 'aria-pressed': 'false', 'data-view': size }));
    this.frame.tools.append(buttonGroup('编辑', ...this.undoButtons()), buttonGroup('视图', ...this.views),
      buttonGroup('文件', button('导出表单', async () => download(this.data.file, await this.read(), 'application/json'))));
  }

  undoButtons() {
    const stack = this.editor.get('commandStack');
    const undo = button('撤销', () => { flushFields(); stack.undo(); });
    const redo = button('重做', () => { flushFields(); stack.redo(); });
    const refresh = () => { undo.disabled = !stack.canUndo(); redo.disabled = !stack.canRedo(); };
    this.editor.on('commandStack.changed', refresh);
    this.editor.on('import.done', refresh);
    refresh();
    return [undo, redo];
  }

  listen(content) {
    this.editor.on('commandStack.changed', ({ trigger }) => {
      if (trigger === 'clear') return;
      this.frame.setState('draft', '有改动');
      this.draft.changed();
      this.preview();
    });
    saveByKey(() => { flushFields(); this.draft.save(); });
    window.addEventListener('beforeunload', flushFields, true);
    this.draft.offerKept(content);
    tellOthers(); // A form that was just made can be chosen in the diagram.
    this.show('');
    this.preview();
  }

  async read() {
    flushFields();
    return `${JSON.stringify(this.editor.saveSchema(), null, 2)}\n`;
  }

  async open(text) {
    const schema = JSON.parse(text);
    const foreign = unsupported(schema);
    if (foreign.length) throw new Error(`表单里有系统不支持的组件：${foreign.join('、')}。请在别处删去后再打开。`);
    await this.editor.importSchema(schema);
  }

  // Design, or the server's picture of the form on a computer or on a phone.
  show(size) {
    flushFields();
    this.views.forEach(one => one.setAttribute('aria-pressed', String(one.dataset.view === size)));
    for (const part of [this.canvas, this.aside]) part.hidden = Boolean(size);
    this.pane.hidden = !size;
    this.paper.classList.toggle('forms-preview-narrow', size === 'narrow');
    if (size) { this.preview(); this.preview.now(); }
  }

  async render() {
    const { paper, data, frame: { setState } } = this;
    const answer = await send('POST', data.previewUrl, { file: data.file, content: await this.read() });
    const { html = '', findings = [] } = answer.data;
    if (!answer.ok) { paper.replaceChildren(make('p', { role: 'alert' }, answer.data.message ?? '预览暂时无法显示，请稍后再试。')); return; }
    this.problems(findings);
    setState(findings.length ? 'draft' : data.state === 'deployed' ? 'deployed' : 'checked', findings.length ? `有 ${findings.length} 处要修改` : data.state === 'deployed' ? data.versionLabel ?? '' : '这张表单没有问题');
    // From our own server, which escapes what people typed; a parsed document runs no scripts.
    paper.replaceChildren(...new DOMParser().parseFromString(html || '<p>改正下面列出的问题后，可以预览。</p>', 'text/html').body.childNodes);
    paper.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true, detail: { elt: paper } }));
  }

  problems(findings) {
    const { below } = this.frame;
    below.hidden = !findings.length;
    below.replaceChildren(make('div', { class: 'studio-below-head' }, make('h2', { role: 'status' }, `表单有 ${findings.length} 处要修改`)),
      make('ol', { class: 'forms-problems' }, ...findings.map(one => this.problem(one))));
  }

  problem({ field: name, message }) {
    const field = this.editor.get('formFieldRegistry').getAll().find(one => [one.key, one.path, one.id].includes(name));
    const jump = make(field ? 'button' : 'span', { class: 'studio-jump', ...(field ? { type: 'button' } : {}) }, field?.label || field?.dateLabel || name || '表单');
    if (field) jump.addEventListener('click', () => { this.show(''); this.editor.get('selection').set(field); });
    return make('li', {}, make('span', { class: 'studio-word studio-word-error' }, '错误'), ' ', jump, ' ', message);
  }
}

mount('[data-forms-editor]', place => new Editor(place).start());
