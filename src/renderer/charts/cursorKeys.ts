/** The keyboard on a group of charts: arrows move the cursor, + and − zoom around it, 0 and Esc show everything. */
import type { ChartGroup } from './chartGroup.ts';

const far = 10;

/** Handles a key; whether it was one of these. `t`: the moments that are drawn. */
export function cursorKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  group: ChartGroup,
  t: readonly number[],
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const [from, to] = group.range();
  const at = group.pointed;
  const move = (by: number) => {
    const start = at ?? (by > 0 ? from : Math.min(to, t.at(-1) ?? to));
    const place = nearest(t, start);
    const next = at === null ? place : Math.min(t.length - 1, Math.max(0, place + by));
    group.moveCursor(t[next] ?? null);
  };
  switch (event.key) {
    case 'ArrowLeft':
      move(event.shiftKey ? -far : -1);
      return true;
    case 'ArrowRight':
      move(event.shiftKey ? far : 1);
      return true;
    case 'Home':
      group.moveCursor(t[0] ?? null);
      return true;
    case 'End':
      group.moveCursor(t.at(-1) ?? null);
      return true;
    case '+':
    case '=':
      group.zoomAround(at ?? (from + to) / 2, 0.5);
      return true;
    case '-':
    case '_':
      group.zoomAround(at ?? (from + to) / 2, 2);
      return true;
    case '0':
      group.zoomTo(null);
      return true;
    case 'Escape':
      if (at === null && group.zoom === null) return false;
      if (at === null) group.zoomTo(null);
      else group.moveCursor(null);
      return true;
    default:
      return false;
  }
}

function nearest(t: readonly number[], seconds: number): number {
  let best = 0;
  for (let i = 1; i < t.length; i++) {
    if (Math.abs((t[i] ?? 0) - seconds) < Math.abs((t[best] ?? 0) - seconds)) best = i;
  }
  return best;
}
