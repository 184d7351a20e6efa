// What the gate says of the draft: marks with words on the elements, and a list that jumps to them. `POST url` { file, content }
// answers { findings: [{ rule, element, message, cure, severity, file, url? }] }.
import { nameOf } from './describe.js';
import { button, later, make, send } from './page.js';

const WORDS = { error: '错误', warning: '提醒', note: '说明' };
const ORDER = ['error', 'warning', 'note'];

export const wordOf = severity => make('span', { class: `studio-word studio-word-${severity}` }, WORDS[severity] ?? severity);

// The heading and the empty list below the diagram.
export function findingsList(place) {
  const title = make('h2', { 'data-findings-title': '', role: 'status' }, '正在检查…');
  const fold = button('收起', () => { const closed = place.classList.toggle('studio-folded'); fold.textContent = closed ? '展开' : '收起'; fold.setAttribute('aria-expanded', String(!closed)); }, { 'aria-expanded': 'true' });
  place.setAttribute('aria-label', '检查结果');
  place.append(make('div', { class: 'studio-below-head' }, title, fold), make('ol', { class: 'studio-findings' }));
}

export class Findings {
  constructor({ viewer, url, file, list, read, onChecked, onShown }) {
    Object.assign(this, { viewer, url, file, list, read, onChecked, onShown, findings: [], marked: [] });
    this.soon = later(() => this.check(), 1200);
    this.round = 0;
  }

  async check() {
    const round = ++this.round;
    const content = await this.read();
    const answer = await send('POST', this.url, { file: this.file, content });
    if (round !== this.round) return; // Drawn on meanwhile: a later check follows.
    if (answer.ok) this.show(answer.data.findings ?? []);
    this.onChecked?.(answer.ok ? this.count() : null, answer.data);
    if (!answer.ok) this.title(answer.status ? `没有检查：${answer.data.message ?? '服务器没有应答'}` : '连接中断，稍后重新检查');
    if (!answer.ok && answer.status === 0) setTimeout(() => this.soon(), 10000);
  }

  count() { return Object.fromEntries(ORDER.map(kind => [kind, this.findings.filter(one => one.severity === kind).length])); }

  title(words) { this.list.querySelector('[data-findings-title]').textContent = words; }

  show(findings) {
    this.findings = [...findings].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
    const count = this.count();
    const parts = ORDER.filter(kind => count[kind]).map(kind => `${count[kind]} 个${WORDS[kind]}`);
    this.title(parts.length ? `检查结果：${parts.join('，')}` : '检查结果：没有发现问题');
    this.list.querySelector('ol').replaceChildren(...this.findings.map(one => this.line(one)));
    this.mark();
    this.onShown?.();
  }

  // What is said of one element, worst first.
  of(id) { return this.findings.filter(one => one.element === id && this.isHere(one)); }

  line(finding) {
    const here = this.isHere(finding);
    const name = here ? nameOf(this.viewer.get('elementRegistry').get(finding.element).businessObject) : '';
    const label = !here && finding.file && finding.file !== this.file ? finding.file : name || finding.element;
    const go = here ? make('button', { type: 'button', class: 'studio-jump' }, label || '流程') : finding.url ? make('a', { href: finding.url, class: 'studio-jump' }, label) : make('span', { class: 'studio-jump' }, label || '整个流程包');
    if (here) go.addEventListener('click', () => this.jump(finding.element));
    return make('li', { 'data-rule': finding.rule }, wordOf(finding.severity), go,
      make('span', { class: 'studio-finding' }, make('strong', {}, finding.message), ' ', finding.cure,
        here && finding.rule.startsWith('scenario.') && finding.url ? make('a', { href: finding.url, class: 'studio-mend' }, finding.rule === 'scenario.none' ? '去演练' : '照场景演练并更新') : ''), make('code', {}, finding.rule));
  }

  isHere(finding) {
    // A scenario that fails names the element where it left the path: that is on the diagram, not in the scenario's own file.
    return (!finding.file || finding.rule.startsWith('scenario.') || finding.file === this.file) && Boolean(finding.element) && Boolean(this.viewer.get('elementRegistry').get(finding.element));
  }

  jump(id) {
    const element = this.viewer.get('elementRegistry').get(id);
    const canvas = this.viewer.get('canvas');
    const root = canvas.findRoot(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    if (canvas.zoom() < 0.6) canvas.zoom(1);
    if (element !== canvas.getRootElement()) canvas.scrollToElement(element, { top: 120, right: 120, bottom: 120, left: 200 });
    this.viewer.get('selection').select(element.parent ? element : []);
    this.viewer.get('canvas').focus?.();
  }

  mark() {
    const overlays = this.viewer.get('overlays');
    const canvas = this.viewer.get('canvas');
    const registry = this.viewer.get('elementRegistry');
    for (const id of this.marked.filter(one => registry.get(one))) for (const kind of ['error', 'warning']) canvas.removeMarker(id, `studio-marked-${kind}`);
    overlays.remove({ type: 'studio-finding' });
    this.marked = [];
    const byElement = this.findings.reduce((all, one) => all.set(one.element, [...(all.get(one.element) ?? []), one]), new Map());
    for (const [id, all] of byElement) {
      const element = all.some(one => this.isHere(one)) && registry.get(id);
      if (!element || !element.parent) continue;
      const severity = all[0].severity;
      const words = all.length > 1 ? `${WORDS[severity]} ${all.length}` : WORDS[severity];
      const mark = make('span', { class: `studio-word studio-word-${severity} studio-mark`, title: all.map(one => one.message).join('\n') }, words);
      overlays.add(id, 'studio-finding', { position: element.waypoints ? middle(element) : { top: -11, left: -4 }, html: mark, show: { minZoom: 0.25 }, scale: { min: 0.75 } });
      canvas.addMarker(id, severity === 'error' ? 'studio-marked-error' : 'studio-marked-warning');
      this.marked.push(id);
    }
  }
}

// Overlays of a connection are placed against its bounding box: put the mark beside the middle of its longest part.
function middle(connection) {
  const points = connection.waypoints;
  const left = Math.min(...points.map(({ x }) => x));
  const top = Math.min(...points.map(({ y }) => y));
  const parts = points.slice(1).map((point, index) => [points[index], point]);
  const [one, other] = parts.reduce((best, part) => (Math.hypot(part[0].x - part[1].x, part[0].y - part[1].y) > Math.hypot(best[0].x - best[1].x, best[0].y - best[1].y) ? part : best));
  return { left: (one.x + other.x) / 2 - left - 12, top: (one.y + other.y) / 2 - top - 10 };
}
