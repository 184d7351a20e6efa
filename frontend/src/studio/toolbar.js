// The bar above the diagram.
import { flushFields } from './fields.js';
import { showKeys } from './keys.js';
import { button, make } from './page.js';
import { fitDiagram } from './view.js';

export const buttonGroup = (label, ...children) => make('div', { class: 'btn-group', role: 'group', 'aria-label': label }, ...children);

// Two buttons that follow the command stack.
export function undoButtons(modeler) {
  const act = name => () => { flushFields(); modeler.get('editorActions').trigger(name); };
  const undo = button('撤销', act('undo'), { title: 'Ctrl+Z' });
  const redo = button('重做', act('redo'), { title: 'Ctrl+Y' });
  const refresh = () => { undo.disabled = !modeler.get('commandStack').canUndo(); redo.disabled = !modeler.get('commandStack').canRedo(); };
  modeler.on('commandStack.changed', refresh);
  modeler.on('import.done', refresh);
  refresh();
  return [undo, redo];
}

function lookButtons(modeler, simulate) {
  const simulation = button('模拟', () => { flushFields(); simulate(); }, { 'aria-pressed': 'false' });
  const map = button('小地图', () => { modeler.get('minimap').toggle(); map.setAttribute('aria-pressed', String(modeler.get('minimap').isOpen())); }, { 'aria-pressed': 'false' });
  // The search closes itself on the click that asked for it, so it is opened after that click.
  const find = button('查找', () => setTimeout(() => modeler.get('editorActions').trigger('find')), { title: 'Ctrl+F' });
  modeler.on('tokenSimulation.toggleMode', ({ active }) => {
    simulation.setAttribute('aria-pressed', String(active));
    simulation.textContent = active ? '结束模拟' : '模拟';
  });
  return buttonGroup('查看', find, map, simulation, button('快捷键', showKeys));
}

// Fills the bar; answers the group that others may add to.
export function toolbar(tools, modeler, { importFile, exportAs }) {
  const act = name => () => { flushFields(); modeler.get('editorActions').trigger(name); };
  const canvas = modeler.get('canvas');
  const zoom = factor => () => canvas.zoom(Math.max(0.1, Math.min(4, canvas.zoom() * factor)), 'auto');
  const look = lookButtons(modeler, () => modeler.get('toggleMode').toggleMode());
  tools.append(
    buttonGroup('编辑', ...undoButtons(modeler), button('复制', act('copy'), { title: 'Ctrl+C' }), button('粘贴', act('paste'), { title: 'Ctrl+V' })),
    buttonGroup('缩放', button('放大', zoom(1.25)), button('缩小', zoom(0.8)), button('适合窗口', () => fitDiagram(modeler)), button('100%', () => canvas.zoom(1, 'auto'))),
    look,
    buttonGroup('文件', button('导入 BPMN', importFile), button('导出 BPMN', () => exportAs('bpmn')), button('导出 SVG', () => exportAs('svg'))));
  return look;
}
