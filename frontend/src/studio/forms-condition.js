// When a component is hidden: the few comparisons that the server reads (app/formkit/conditions.py), put together from drop-downs.
//   =key = "a" or key = "b"        =key != "a" and key != "b"        =key = true
import { checksField, noteField, selectField, textField } from './fields.js';

const ASKED = ['radio', 'select', 'checkbox', 'textfield'];
const TERM = /\s*([A-Za-z]\w*)\s*(!=|=)\s*(?:"([^"\\]*)"|(true|false))\s*/;

export function readHide(text) {
  if (!text) return { key: '', sign: '=', values: [] };
  if (!text.startsWith('=')) return null;
  const parts = text.slice(1).split(/\b(?:or|and)\b/).map(part => new RegExp(`^${TERM.source}$`).exec(part));
  if (!parts.every(Boolean)) return null;
  const [[, key, sign]] = parts;
  if (!parts.every(part => part[1] === key && part[2] === sign)) return null;
  return { key, sign, values: parts.map(part => part[3] ?? part[4]) };
}

export function writeHide({ key, sign, values }, boolean) {
  if (!key || !values.length) return undefined;
  const term = value => `${key} ${sign} ${boolean ? value : `"${value.replace(/["\\]/g, '')}"`}`;
  return `=${values.map(term).join(sign === '=' ? ' or ' : ' and ')}`;
}

export function conditionFields(kit) {
  const now = () => readHide(kit.field().conditional?.hide ?? '');
  if (now() === null) return [noteField(() => `现有条件“${kit.field().conditional?.hide}”系统读不懂，请重新选择。`), chooser()];
  const field = key => kit.all().find(one => one.key === key);
  const boolean = key => field(key)?.type === 'checkbox';
  function write(next) {
    const hide = writeHide(next, boolean(next.key));
    kit.edit('conditional', hide ? { hide } : undefined);
  }
  function chooser() {
    return selectField({
      label: '取决于哪个字段', empty: '一直显示', get: () => now()?.key ?? '',
      options: () => {
        const every = kit.all();
        const at = every.indexOf(kit.field());
        return every.filter((one, index) => ASKED.includes(one.type) && one.key && index < at).map(one => [one.key, one.label || one.key]);
      },
      set: key => {
        const first = kit.all().find(one => one.key === key);
        const value = first?.type === 'checkbox' ? 'false' : first?.values?.[0]?.value ?? '值';
        kit.edit('conditional', key ? { hide: writeHide({ key, sign: '=', values: [value] }, first?.type === 'checkbox') } : undefined);
      },
      help: '只能选排在前面的单选、下拉、勾选或文本字段。',
    });
  }
  if (!now().key) return [chooser()];
  const options = () => (boolean(now().key) ? [['true', '勾选了'], ['false', '没有勾选']] : (field(now().key)?.values ?? []).map(one => [one.value, one.label]));
  return [
    chooser(),
    selectField({ label: '比较', empty: null, options: () => [['=', '是下面之一时隐藏'], ['!=', '不是下面任何一个时隐藏']], get: () => now()?.sign ?? '=', set: sign => write({ ...now(), sign }) }),
    options().length
      ? checksField({ label: '值', get: () => now()?.values ?? [], set: values => { if (values.length) write({ ...now(), values }); }, options })
      : textField({ label: '值', get: () => now()?.values[0] ?? '', set: value => write({ ...now(), values: [value] }) }),
  ];
}
