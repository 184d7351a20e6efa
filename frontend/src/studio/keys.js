// The list of keys, and the ones that are ours.
import { dialog, make } from './page.js';

const KEYS = [
  ['Ctrl + Z', '撤销'], ['Ctrl + Y 或 Ctrl + Shift + Z', '重做'], ['Ctrl + C　Ctrl + V', '复制、粘贴（先点一下画布）'], ['Ctrl + A', '全选'],
  ['Ctrl + F', '在图中查找环节'], ['Ctrl + S', '立即保存'], ['Delete 或 Backspace', '删除选中的元素'], ['E', '改名称'], ['A', '在后面添加（打开元素旁的菜单）'], ['R', '更改类型'],
  ['L　S　H　C', '框选、腾出空间、移动画布、连线'], ['方向键', '移动选中的元素（加 Shift 移得快）'], ['Ctrl + 0', '恢复 100%'], ['Ctrl + 加号　Ctrl + 减号', '放大、缩小'],
  ['Ctrl + 空格', '在表达式里列出可用的变量'], ['T　空格　R', '模拟时：开关模拟、暂停、从头开始'], ['Esc', '取消当前操作'],
];

export function showKeys() {
  const rows = KEYS.map(([keys, words]) => make('tr', {}, make('th', { scope: 'row' }, make('kbd', {}, keys)), make('td', {}, words)));
  dialog('键盘快捷键', make('table', { class: 'table table-sm studio-keys' }, make('tbody', {}, ...rows)), [['关闭', null, 'primary']]);
}

export function saveByKey(save) {
  document.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's') { event.preventDefault(); save(); }
  });
}
