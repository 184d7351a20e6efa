// What no scenario reaches, as the check answers it: `coverage: { missed: [ids of nodes and flows], scenarios: 3 }`. A button of its
// own, because most of the time nobody wants to see it.
import { button, make } from './page.js';

export class Coverage {
  constructor(viewer) {
    this.viewer = viewer;
    this.missed = [];
    this.marked = [];
    this.on = false;
  }

  button(group) {
    this.toggle = button('场景覆盖', () => { this.on = !this.on; this.draw(); }, { 'aria-pressed': 'false', hidden: '' });
    group.append(this.toggle);
  }

  show(coverage) {
    this.toggle.hidden = !coverage;
    this.missed = coverage?.missed ?? [];
    this.draw();
  }

  draw() {
    const canvas = this.viewer.get('canvas');
    const overlays = this.viewer.get('overlays');
    const registry = this.viewer.get('elementRegistry');
    for (const id of this.marked) if (registry.get(id)) canvas.removeMarker(id, 'studio-uncovered');
    overlays.remove({ type: 'studio-uncovered' });
    this.toggle.setAttribute('aria-pressed', String(this.on));
    this.toggle.textContent = this.on ? `场景覆盖：${this.missed.length} 处未走到` : '场景覆盖';
    this.marked = this.on ? this.missed.filter(id => registry.get(id)) : [];
    for (const id of this.marked) {
      canvas.addMarker(id, 'studio-uncovered');
      if (registry.get(id).waypoints) continue;
      overlays.add(id, 'studio-uncovered', { position: { bottom: 8, left: 0 }, html: make('span', { class: 'studio-word studio-word-note' }, '未走到'), scale: { min: 0.75 } });
    }
  }
}
