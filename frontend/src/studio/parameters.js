// What is plainly wrong with the value of an operation's parameter, said while it is typed; the gate judges the rest.
export const TYPES = { text: '文字', number: '数字', integer: '整数', boolean: '是或否', list: '列表', dict: '字典', any: '任意值' };

const KINDS = [
  ['integer', /^-?\d+$/], ['number', /^-?\d*\.\d+$/], ['boolean', /^(True|False)$/], ['none', /^None$/],
  ['text', /^"[^"]*"$|^'[^']*'$/], ['list', /^\[.*\]$/s], ['dict', /^\{.*\}$/s],
];
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const HINTS = { text: '，写在英文引号里，例如 "甲类"', list: '，例如 [1, 2]', boolean: '，写 True 或 False', integer: '，例如 3' };

export function wrongValue(value, { type, required }, variables) {
  if (!value) return required ? '请填写，这个参数不能空着。' : '';
  if (/[“”‘’]/.test(value) && !/["']/.test(value)) return '引号要用英文的："甲类"。';
  const kind = KINDS.find(([, pattern]) => pattern.test(value))?.[0];
  if (kind === 'none') return required ? '这个参数不能是 None。' : '';
  if (kind) return type === 'any' || kind === type || (type === 'number' && kind === 'integer') ? '' : `应当是${TYPES[type] ?? type}${HINTS[type] ?? ''}。`;
  if (NAME.test(value) && !variables.some(({ name }) => name === value)) {
    return `到这一步还没有叫“${value}”的变量${type === 'text' || type === 'any' ? `；是固定的文字，就写成 "${value}"` : ''}。`;
  }
  return (value.split('"').length - 1) % 2 ? '引号没有写完。' : '';
}
