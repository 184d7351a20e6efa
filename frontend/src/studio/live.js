// The live view of a diagram: how many cases stand where, how long they wait, what is overdue, and how long steps took in a period.
// `GET url?period=…` or `?from=2026-03-01&to=2026-03-31` answers { period, from, to, periods, nodes: { id: { open, items, overdue, median_hours, longest_hours, done, spent_hours, spent_median_hours, url } } }.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { keepLoopVariables } from './loops.js';
import moddle from './moddle.js';
import { button, fetched, make, mount } from './page.js';
import { fitDiagram } from './view.js';

const SHADES = 5;
const CHOSEN = 'days';
const NARROW = 600;
const FAR = 0.35; // Below this nobody can read what stands in the diagram, and the marks would lie over it.

// 3小时, 2.5天: hours as people say them.
export function duration(hours) {
  if (hours === null || hours === undefined) return '—';
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))}分钟`;
  if (hours < 48) return `${Math.round(hours)}小时`;
  return `${Number((hours / 24).toFixed(1))}天`;
}

// What each layer counts (for the shade) and says (in the mark).
const LAYERS = {
  open: { title: '在办件数', value: one => one.open ?? 0, words: one => `${one.open} 件${(one.items ?? 0) > one.open ? `（${one.items} 项待办）` : ''}` },
  wait: { title: '已等待', value: one => one.median_hours ?? 0, words: one => `中位 ${duration(one.median_hours)}，最长 ${duration(one.longest_hours)}`, only: one => one.open > 0 },
  overdue: { title: '超期', value: one => one.overdue ?? 0, words: one => `超期 ${one.overdue} 件`, only: one => one.overdue > 0 },
  spent: { title: '办理用时', value: one => one.spent_hours ?? 0, words: one => `合计 ${duration(one.spent_hours)}${one.done ? `（办结 ${one.done} 件，中位 ${duration(one.spent_median_hours)}）` : ''}`, only: one => one.spent_hours > 0, period: true },
};

export class Live {
  constructor(place) {
    this.place = place;
    this.layer = 'open';
    this.period = place.dataset.period ?? '';
    this.data = { nodes: {} };
    this.picture = make('div', { class: 'live-picture', role: 'group', 'aria-label': place.dataset.label ?? '流程图：各环节在办情况，数字见下表' });
    this.layers = make('div', { class: 'btn-group live-layers', role: 'group', 'aria-label': '显示什么' });
    this.periods = make('select', { class: 'form-select form-select-sm live-period', 'aria-label': '时段' });
    this.periods.addEventListener('change', () => { this.period = this.periods.value; if (this.period === CHOSEN) this.draw(); else this.load(); });
    this.days = ['from', 'to'].map(name => make('input', { type: 'date', class: 'form-control form-control-sm live-day', 'aria-label': name === 'from' ? '从哪一天' : '到哪一天', name }));
    for (const input of this.days) input.addEventListener('change', () => { if (this.days.every(one => one.value)) this.load(); });
    this.range = make('span', { class: 'live-range', hidden: '' }, this.days[0], '至', this.days[1]);
    this.legend = make('p', { class: 'live-legend', role: 'status' });
    this.table = make('div', { class: 'live-table table-responsive' });
    for (const [id, { title }] of Object.entries(LAYERS)) {
      this.layers.append(button(title, () => { this.layer = id; this.draw(); }, { 'data-layer': id }));
    }
    place.classList.add('live');
    place.replaceChildren(
      make('div', { class: 'live-tools' }, this.layers, this.periods, this.range, button('放大', () => this.zoom(1.5)), button('缩小', () => this.zoom(1 / 1.5)), button('适合窗口', () => this.fit()), button('刷新', () => this.load())),
      this.picture, this.legend, this.table);
  }

  // The whole diagram; on a phone, where nothing of a large one could be read, the place where most is going on.
  stand() {
    this.fit();
    const canvas = this.viewer.get('canvas');
    const busiest = this.shown().sort((one, other) => LAYERS[this.layer].value(other[1]) - LAYERS[this.layer].value(one[1]))[0];
    if (canvas.zoom() >= FAR || this.picture.clientWidth >= NARROW || !busiest) return;
    const { x, y, width, height } = this.viewer.get('elementRegistry').get(busiest[0]);
    const { outer } = canvas.viewbox();
    canvas.viewbox({ x: x + width / 2 - outer.width / 1.4, y: y + height / 2 - outer.height / 1.4, width: outer.width / 0.7, height: outer.height / 0.7 });
  }

  zoom(factor) { const canvas = this.viewer.get('canvas'); canvas.zoom(Math.max(0.1, Math.min(3, canvas.zoom() * factor)), 'auto'); }

  fit() { fitDiagram(this.viewer, { left: 20, right: 20, top: 40, bottom: 50 }); }

  async open() {
    this.viewer = new NavigatedViewer({ container: this.picture, moddleExtensions: { spiffworkflow: moddle }, zoomScroll: { enabled: false } });
    keepLoopVariables(this.viewer);
    await this.viewer.importXML(await fetched(this.place.dataset.diagramUrl));
    this.viewer.on('canvas.viewbox.changed', ({ viewbox }) => this.picture.classList.toggle('live-far', viewbox.scale < FAR));
    await this.load();
    new ResizeObserver(() => { this.viewer.get('canvas').resized(); this.stand(); }).observe(this.picture);
    this.stand();
    this.place.dataset.ready = '';
  }

  async load() {
    const url = new URL(this.place.dataset.liveUrl, location.href);
    if (this.period === CHOSEN) for (const input of this.days) url.searchParams.set(input.name, input.value);
    else if (this.period) url.searchParams.set('period', this.period);
    try { this.data = await fetched(url, 'json'); } catch (error) { this.legend.textContent = error.message; return; }
    const periods = [...(this.data.periods ?? [])];
    if (this.data.from) periods.push({ id: CHOSEN, title: '自选日期' });
    for (const input of this.days) if (this.period !== CHOSEN) input.value = this.data[input.name] ?? '';
    this.periods.hidden = !periods.length;
    this.periods.replaceChildren(...periods.map(({ id, title }) => make('option', { value: id }, title)));
    this.periods.value = this.period || this.data.period || periods[0]?.id || '';
    this.draw();
  }

  shown() {
    const layer = LAYERS[this.layer];
    const registry = this.viewer.get('elementRegistry');
    return Object.entries(this.data.nodes ?? {}).filter(([id, one]) => registry.get(id) && (layer.only ? layer.only(one) : layer.value(one) > 0));
  }

  draw() {
    const layer = LAYERS[this.layer];
    const canvas = this.viewer.get('canvas');
    const overlays = this.viewer.get('overlays');
    for (const one of this.layers.children) one.setAttribute('aria-pressed', String(one.dataset.layer === this.layer));
    overlays.remove({ type: 'live' });
    for (const [id, shade] of this.shades ?? []) canvas.removeMarker(id, `live-shade-${shade}`);
    const shown = this.shown();
    const most = Math.max(...shown.map(([, one]) => layer.value(one)), 0);
    this.shades = shown.map(([id, one]) => [id, Math.max(1, Math.ceil((layer.value(one) / (most || 1)) * SHADES))]);
    for (const [id, shade] of this.shades) canvas.addMarker(id, `live-shade-${shade}`);
    for (const [id, one] of shown) {
      const words = layer.words(one);
      const { businessObject, height } = this.viewer.get('elementRegistry').get(id);
      const named = { class: 'live-mark', 'data-node': id, title: businessObject.name || id };
      const mark = one.url ? make('a', { href: one.url, ...named }, words) : make('span', named, words);
      if (one.overdue && this.layer !== 'spent') mark.append(make('span', { class: 'live-late' }, this.layer === 'overdue' ? '' : `超期 ${one.overdue}`));
      // Events and gateways have their names below.
      overlays.add(id, 'live', { position: height > 60 ? { bottom: 10, left: 0 } : { top: -14, left: 0 }, html: mark, scale: { min: 0.85, max: 1 } });
    }
    this.legend.replaceChildren(...(shown.length
      ? [`${layer.title}：颜色越深，${layer === LAYERS.open || layer === LAYERS.overdue ? '件数越多' : '时间越长'}（最高 ${layer === LAYERS.open || layer === LAYERS.overdue ? `${most} 件` : duration(most)}）`,
        make('span', { class: 'live-scale', 'aria-hidden': 'true' }, ...Array.from({ length: SHADES }, (_, index) => make('i', { class: `live-step-${index + 1}` })))]
      : [`${layer.title}：现在没有。`]));
    this.periods.disabled = !layer.period;
    this.range.hidden = this.period !== CHOSEN;
    for (const input of this.days) input.disabled = !layer.period;
    this.tabulate();
  }

  // The same in words and numbers, for those who cannot see the picture and for small screens.
  tabulate() {
    const registry = this.viewer.get('elementRegistry');
    const rows = Object.entries(this.data.nodes ?? {}).filter(([id]) => registry.get(id)).sort((one, other) => (other[1].open ?? 0) - (one[1].open ?? 0));
    const head = ['环节', '在办', '超期', '等待中位', '最长等待', '用时合计', '用时中位'];
    const cell = words => make('td', { class: 'text-end' }, String(words));
    this.table.replaceChildren(make('table', { class: 'table table-sm align-middle' },
      make('thead', {}, make('tr', {}, ...head.map((words, index) => make('th', { scope: 'col', class: index ? 'text-end' : '' }, words)))),
      make('tbody', {}, ...rows.map(([id, one]) => {
        const name = registry.get(id).businessObject.name || id;
        return make('tr', {}, make('th', { scope: 'row' }, one.url ? make('a', { href: one.url }, name) : name),
          cell(one.open ?? 0), cell(one.overdue ? `超期 ${one.overdue}` : 0), cell(duration(one.median_hours)), cell(duration(one.longest_hours)), cell(one.spent_hours || one.done ? duration(one.spent_hours) : '—'), cell(duration(one.spent_median_hours)));
      }))));
  }
}

mount('[data-studio-live]', async place => {
  const live = new Live(place);
  try { await live.open(); } catch (error) {
    console.warn(error);
    live.picture.replaceChildren(make('p', { class: 'text-danger p-3', role: 'alert' }, '流程图暂时无法显示，请刷新页面。'));
  }
});
