/** Moving along the time axis with the pointer: shift-drag or middle-drag pans, Ctrl/Cmd-wheel zooms, a sideways wheel pans. */
import type { ChartGroup } from './chartGroup.ts';
import type { Stretch } from './timeView.ts';

/** How far one notch of the wheel zooms. */
const wheelStep = 0.0025;

interface Area {
  /** Page coordinate of the left end of the time axis, and its length in pixels. */
  left: number;
  width: number;
}

export interface PanningOptions {
  /** Where the time axis is on the page. */
  area: () => Area;
  /** Whether every drag pans and every wheel zooms: on the axis itself, where nothing scrolls or is selected. */
  always: boolean;
}

/** Listens on an element of a chart. Returns how to stop. */
export function listenForPanning(
  element: HTMLElement,
  group: ChartGroup,
  options: PanningOptions,
): () => void {
  const { area, always } = options;
  let from: { x: number; range: Stretch } | null = null;

  const down = (event: PointerEvent) => {
    const pans = event.button === 1 || (event.button === 0 && (always || event.shiftKey));
    if (!pans || !group.zoom) return;
    event.preventDefault();
    event.stopPropagation();
    element.setPointerCapture(event.pointerId);
    from = { x: event.clientX, range: group.range() };
    element.classList.add('panning');
  };
  const move = (event: PointerEvent) => {
    if (!from) return;
    const [start, end] = from.range;
    const by = ((from.x - event.clientX) / Math.max(1, area().width)) * (end - start);
    group.zoomSoon([start + by, end + by]);
  };
  const up = () => {
    from = null;
    element.classList.remove('panning');
  };
  const wheel = (event: WheelEvent) => {
    const [start, end] = group.range();
    const { left, width } = area();
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const amount = event.deltaMode === 1 ? 16 : 1;
    if (sideways && group.zoom) {
      event.preventDefault();
      const by = (((event.deltaX || event.deltaY) * amount) / Math.max(1, width)) * (end - start);
      group.zoomSoon([start + by, end + by]);
    } else if (always || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const at = start + ((event.clientX - left) / Math.max(1, width)) * (end - start);
      group.zoomAround(at, Math.exp(event.deltaY * amount * wheelStep));
    }
  };
  element.addEventListener('pointerdown', down, { capture: true });
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', up);
  element.addEventListener('pointercancel', up);
  element.addEventListener('wheel', wheel, { passive: false });
  return () => {
    element.removeEventListener('pointerdown', down, { capture: true });
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', up);
    element.removeEventListener('pointercancel', up);
    element.removeEventListener('wheel', wheel);
  };
}
