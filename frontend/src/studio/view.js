// Zoom that keeps clear of the palette on the left and of the bpmn.io mark in the lower right corner (its licence asks for that).
export function fitDiagram(viewer, { left = 180, right = 30, top = 40, bottom = 50, most = 1 } = {}) {
  const canvas = viewer.get('canvas');
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const scale = Math.min(most, (outer.width - left - right) / inner.width, (outer.height - top - bottom) / inner.height);
  const width = outer.width / scale;
  const height = outer.height / scale;
  const spareX = (outer.width - left - right) / scale - inner.width;
  const spareY = (outer.height - top - bottom) / scale - inner.height;
  canvas.viewbox({ x: inner.x - left / scale - spareX / 2, y: inner.y - top / scale - spareY / 2, width, height });
}

// The beginning of the diagram in a size in which it can be read, when the whole would be too small for that.
export function readable(viewer) {
  fitDiagram(viewer);
  const canvas = viewer.get('canvas');
  if (canvas.zoom() >= 0.6) return;
  const { inner, outer } = canvas.viewbox();
  const scale = 0.8;
  canvas.viewbox({ x: inner.x - 180 / scale, y: inner.y - 40 / scale, width: outer.width / scale, height: outer.height / scale });
}
