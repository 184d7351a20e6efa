// The properties of a form component: what app/formkit reads, and nothing else. Writes through the form editor's own commands, so that
// undo takes a change back.
import { areaField, checksField, flushFields, noteField, selectField, switchField, textField } from './fields.js';
import { make } from './page.js';
import { conditionFields } from './forms-condition.js';
import { COMPONENTS } from './forms-words.js';
import { optionsField } from './forms-options.js';

const CHOICES = ['radio', 'select', 'checklist', 'taglist'];
const CONTAINERS = ['group', 'dynamiclist'];
const STATIC = ['text', 'separator', 'spacer'];
const TEXT_TYPES = [['name', '人名（含生僻字、间隔号）'], ['id_number', '身份证号码'], ['uscc', '统一社会信用代码'], ['mobile', '手机号码'], ['bank_card', '银行卡号']];
const NUMBER_TYPES = [['integer', '整数'], ['decimal', '小数'], ['money', '金额（元）']];
const COLUMNS = [['', '自动'], ['16', '整行'], ['8', '半行'], ['5', '三分之一'], ['4', '四分之一'], ['12', '四分之三']];
const KEY = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const RESERVED = /^(typename|csrf_token|action|true|false|null)$/i;

// Reads and writes `a.b` of a component; an empty value is taken away.
function entry(kit, path, { number = false } = {}) {
  const [name, inner] = path.split('.');
  const now = () => kit.field();
  return {
    get: () => { const value = inner ? now()[name]?.[inner] : now()[name]; return value === undefined || value === null ? '' : value; },
    set: value => {
      const given = value === '' || value === false ? undefined : number && !Number.isNaN(Number(value)) ? Number(value) : value;
      if (!inner) { kit.edit(name, given); return; }
      const rest = { ...(now()[name] ?? {}) };
      if (given === undefined) delete rest[inner]; else rest[inner] = given;
      kit.edit(name, Object.keys(rest).length ? rest : undefined);
    },
  };
}
const text = (kit, label, path, more = {}) => { const one = entry(kit, path, more); return textField({ label, ...one, get: () => String(one.get()), ...more }); };
const flag = (kit, label, path, help) => { const one = entry(kit, path); return switchField({ label, help, get: () => one.get() === true, set: one.set }); };
const ownFlag = (kit, label, name, help) => { const one = entry(kit, `properties.${name}`); return switchField({ label, help, get: () => one.get() === 'true', set: on => one.set(on ? 'true' : '') }); };
const choice = (kit, label, path, options, more = {}) => { const one = entry(kit, path, more); return selectField({ label, ...one, get: () => String(one.get()), options: () => options, ...more }); };
const whole = value => (value === '' || /^\d+$/.test(value) ? '' : '请填写整数。');
const numeral = value => (value === '' || /^-?\d+(\.\d+)?$/.test(value) ? '' : '请填写数字。');
const plain = value => (value.startsWith('=') || value.includes('{{') ? '请直接写文字，不能是公式。' : '');

function keyField(kit) {
  const container = CONTAINERS.includes(kit.field().type);
  const name = container ? 'path' : 'key';
  const check = value => {
    if (value === '' && kit.field().type === 'group') return '';
    if (!KEY.test(value)) return '只能用英文字母、数字和下划线，以字母开头。';
    if (RESERVED.test(value)) return '这个名称是系统保留的，请换一个。';
    return kit.siblings().some(one => one !== kit.field() && (one.key === value || one.path === value)) ? '同一层已经有这个字段名，请换一个。' : '';
  };
  const set = value => kit.claim(name, value);
  return textField({ label: container ? '路径（分组的字段名）' : '字段名（英文）', get: () => kit.field()[name] ?? '', set, check, help: '数据按字段名保存。流程里导出、条件里引用的也是它，部署后请不要改动。' });
}

const basics = {
  title: '基本信息',
  build(kit) {
    const { type } = kit.field();
    if (type === 'separator' || type === 'spacer') return [noteField('没有可以填写的属性。')];
    if (type === 'text') return [areaField({ label: '文字', rows: 5, get: () => kit.field().text ?? '', set: value => kit.edit('text', value) })];
    const label = type === 'datetime' ? (kit.field().subtype === 'time' ? 'timeLabel' : 'dateLabel') : 'label';
    return [
      text(kit, '名称', label, { check: plain }),
      keyField(kit),
      text(kit, '说明', 'description', { check: plain }),
      ...(CONTAINERS.includes(type) ? [] : [flag(kit, '必填', 'validate.required'), flag(kit, '只读', 'readonly', '填表人看得到，不能改。')]),
      ...(['textfield', 'textarea', 'number'].includes(type) ? [text(kit, '默认值', 'defaultValue', { number: type === 'number', check: plain })] : []),
    ];
  },
};

const special = {
  title: '内容和格式',
  applies: type => !STATIC.includes(type) && type !== 'checkbox',
  signature: field => [field.type, field.properties?.optionsSource, field.validate?.validationType].join(),
  build(kit) {
    const { type } = kit.field();
    const lengths = [text(kit, '最少字数', 'validate.minLength', { number: true, check: whole }), text(kit, '最多字数', 'validate.maxLength', { number: true, check: whole })];
    const adorners = [text(kit, '前缀', 'appearance.prefixAdorner'), text(kit, '后缀（单位）', 'appearance.suffixAdorner')];
    return {
      textfield: () => [
        choice(kit, '值的类型', 'properties.valueType', [...TEXT_TYPES, ...NUMBER_TYPES], { empty: '普通文字' }),
        choice(kit, '格式', 'validate.validationType', [['email', '邮箱'], ['phone', '电话'], ['custom', '自定义（正则表达式）']], { empty: '不限' }),
        ...(kit.field().validate?.validationType === 'custom' ? [text(kit, '正则表达式', 'validate.pattern'), text(kit, '不符合时的提示', 'validate.patternErrorMessage')] : []),
        ...lengths, ...adorners,
      ],
      textarea: () => lengths,
      number: () => [
        choice(kit, '值的类型', 'properties.valueType', NUMBER_TYPES, { empty: '数字' }),
        text(kit, '小数位数', 'decimalDigits', { number: true, check: whole }),
        text(kit, '最小值', 'validate.min', { number: true, check: numeral }), text(kit, '最大值', 'validate.max', { number: true, check: numeral }), ...adorners,
      ],
      datetime: () => [
        choice(kit, '填写', 'subtype', [['date', '日期'], ['datetime', '日期和时间']], { empty: null }), flag(kit, '不能早于今天', 'disallowPassedDates'),
      ],
      filepicker: () => [text(kit, '允许的文件类型', 'accept', { help: '例如 .pdf,.jpg,.png' }), flag(kit, '可以上传多个', 'multiple')],
      group: () => [choice(kit, '按名单重复', 'properties.repeatFor', kit.sources(), { empty: '不重复', help: '名单里有几项，就有几组。必须填写路径。' }), flag(kit, '显示边框', 'showOutline'),
        text(kit, '合计的名称', 'properties.total', { help: '填了就在分组下面显示各项数字的合计，例如“总分”。确认语里可以用 {total}。' })],
      dynamiclist: () => [
        text(kit, '开始时的行数', 'defaultRepetitions', { number: true, check: whole }),
        switchField({ label: '可以增删行', get: () => kit.field().allowAddRemove !== false, set: on => kit.edit('allowAddRemove', on) }),
        text(kit, '最少行数', 'properties.minRows', { check: whole }), text(kit, '最多行数', 'properties.maxRows', { check: whole }),
      ],
      ...Object.fromEntries(CHOICES.map(one => [one, () => [
        choice(kit, '选项来自', 'properties.optionsSource', kit.sources(), { empty: '下面写明的选项', help: '选了名单，下面的选项就不用了。' }),
        ...(kit.field().properties?.optionsSource ? [] : [optionsField(kit)]),
        ...(one === 'select' ? [flag(kit, '可以查找', 'searchable')] : []),
      ]])),
    }[type]?.() ?? [];
  },
};

const buttons = {
  title: '办理按钮',
  applies: type => type === 'radio',
  signature: field => `${field.properties?.buttons} ${(field.values ?? []).map(one => `${one.value} ${one.label}`).join()}`,
  build(kit) {
    const values = () => kit.field().values ?? [];
    const danger = entry(kit, 'properties.danger');
    const expects = entry(kit, 'properties.expects');
    const fields = [ownFlag(kit, '各选项显示为办理按钮', 'buttons', '放在页面底部，例如“同意”“退回补正”。一张表单只能有一处。')];
    if (kit.field().properties?.buttons !== 'true') return [...fields, text(kit, '符合时选（值）', 'properties.expect', { help: '填某个选项的值。选了别的，就不能选“要求各项都符合”的办理按钮。' })];
    return [...fields,
      checksField({ label: '不能撤回的（红色，单独放置）', get: () => danger.get().split(',').map(one => one.trim()).filter(Boolean), set: chosen => danger.set(chosen.join(',')), options: () => values().map(one => [one.value, one.label]) }),
      checksField({ label: '要求各项都符合才能选的', get: () => expects.get().split(',').map(one => one.trim()).filter(Boolean), set: chosen => expects.set(chosen.join(',')), options: () => values().map(one => [one.value, one.label]) }),
      ...values().map(one => text(kit, `点“${one.label}”时的确认语`, `properties.confirm_${one.value}`, { help: '说明后果，例如：驳回后本轮不能再次推荐。确定驳回？' })),
    ];
  },
};

const layout = {
  title: '版面和保密',
  applies: type => type !== 'spacer' && type !== 'separator',
  build(kit) {
    const { type } = kit.field();
    const columns = selectField({ label: '宽度', empty: null, options: () => COLUMNS, get: () => String(kit.field().layout?.columns ?? ''), set: value => kit.edit('layout', { ...kit.field().layout, columns: value ? Number(value) : null }) });
    return STATIC.includes(type) ? [columns] : [columns, ...(CONTAINERS.includes(type) ? [] : [ownFlag(kit, '敏感信息', 'sensitive', '显示时遮盖，查看留痕。')]), ownFlag(kit, '在表里占整行', 'wide'),
      text(kit, '没有填写时显示', 'properties.emptyText', { help: '不填就显示“未填写”，例如结束年月空着时显示“至今”。' }),
      ...(type === 'textfield' ? [text(kit, '自动填写', 'properties.autocomplete', { help: '浏览器的 autocomplete 值，例如 name、tel。' })] : [])];
  },
};

const condition = { title: '什么时候隐藏', signature: field => field.conditional?.hide ?? '', build: conditionFields };

const entire = {
  title: '整张表单',
  build: kit => [
    text(kit, '标题', 'title', { check: plain }),
    noteField(() => `编号：${kit.field().id}。流程里的用户任务按编号找到表单。`),
    noteField('点表单里的一个组件，就能在这里填写它的属性。把左边的组件拖到表单里，就是添加。'),
  ],
};

const GROUPS = [basics, special, buttons, condition, layout];

export class FormPanel {
  constructor(place, editor, { sources = [] } = {}) {
    Object.assign(this, { place, editor, sections: [], id: null });
    const registry = editor.get('formFieldRegistry');
    const modeling = editor.get('modeling');
    const field = () => registry.get(this.id) ?? {};
    this.kit = {
      field,
      edit: (name, value) => modeling.editFormField(field(), name, value),
      // Keys and paths are also registered, so that a second component cannot take them.
      claim: (name, value) => modeling.editFormField(field(), name, value || undefined),
      siblings: () => registry.getAll().filter(one => one._parent === field()._parent),
      all: () => registry.getAll(),
      sources: () => sources.map(({ name, title }) => [name, title || name]),
    };
    editor.on('selection.changed', ({ selection }) => this.show(Array.isArray(selection) ? selection[0] : selection));
    editor.on('changed', () => this.refresh());
    editor.on('import.done', () => { this.id = null; this.show(null); });
  }

  show(chosen) {
    const field = chosen?.id ? chosen : this.editor.get('formFieldRegistry').getAll().find(one => one.type === 'default');
    if (field && field.id === this.id) { this.refresh(); return; }
    flushFields(); // What was typed last belongs to the component before.
    this.id = field?.id ?? null;
    this.sections = [];
    if (!field) { this.place.replaceChildren(); return; }
    const groups = field.type === 'default' ? [entire] : GROUPS.filter(group => !group.applies || group.applies(field.type));
    this.sections = groups.map(group => this.section(group));
    this.place.replaceChildren(
      make('div', { class: 'studio-panel-head' }, make('strong', {}, COMPONENTS[field.type] ?? '表单'), make('span', {}, field.label ?? field.title ?? '')),
      ...this.sections.map(({ node }) => node));
    this.place.scrollTop = 0;
  }

  section(group) {
    const body = make('div', { class: 'studio-section-body' });
    const node = make('details', { class: 'studio-section', open: '' }, make('summary', {}, group.title), body);
    const section = { node, group };
    section.draw = () => {
      section.signature = group.signature?.(this.kit.field());
      section.fields = group.build(this.kit);
      body.replaceChildren(...section.fields.map(one => one.node));
      for (const one of section.fields) one.refresh();
    };
    section.draw();
    return section;
  }

  refresh() {
    if (this.id && !this.editor.get('formFieldRegistry').get(this.id)) { this.show(null); return; }
    const { label, dateLabel, title } = this.kit.field();
    const head = this.place.querySelector('.studio-panel-head span');
    if (head) head.textContent = label ?? dateLabel ?? title ?? '';
    for (const section of this.sections) {
      if (section.group.signature && section.group.signature(this.kit.field()) !== section.signature) section.draw();
      else for (const one of section.fields) one.refresh();
    }
  }
}
