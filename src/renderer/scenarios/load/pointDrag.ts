/** What a dragged, or arrowed, point of a load's chart becomes. Pure: pixels and keys in, loads out. */
import type { Load } from '#contract/scenario/file';
import { niceTop } from '../../charts/niceTop.ts';
import type { CurveUnit, Preview } from './loadCurve.ts';
import { type LoadPoint, movePoint, pointsOf } from './loadPoints.ts';
import type { Extent } from './previewPlot.ts';

import { nextStep, rateStep, snap, timeStep, usersStep } from './snapping.ts';

/** A pointer must travel so far in a direction before that direction counts: a sideways drag keeps the height. */
export const slack = 4;

/** The axes that show a preview whole, with room to drag its points into. */
export function fitExtent(preview: Preview): Extent {
  const top = (unit: CurveUnit) =>
    preview.curves
      .filter((curve) => curve.unit === unit)
      .flatMap((curve) => [...curve.values, ...(curve.perhaps ?? [])])
      .reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const together = (preview.together ?? []).reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const bands = Math.max(0, ...preview.bands.map((band) => band.high));
  return {
    endS: Math.max(1, preview.longestS * 1.06),
    users: niceTop(Math.max(1, top('users'), together, bands) * 1.12, true),
    rate: niceTop(top('rate') * 1.12, false),
  };
}

/** The larger of two extents, each way: while a point is dragged the axes only grow. */
export function grown(a: Extent, b: Extent): Extent {
  return {
    endS: Math.max(a.endS, b.endS),
    users: Math.max(a.users, b.users),
    rate: Math.max(a.rate, b.rate),
  };
}

/** A drag as it began. */
export interface Drag {
  load: Load;
  key: string;
  /** Milliseconds and units of the load for each pixel, right and up. */
  msPerPixel: number;
  valuePerPixel: number;
  /** How much is shown, which decides how coarsely values snap. */
  shownMs: number;
  shownValue: number;
}

function isRate(load: Load): boolean {
  return 'per' in load;
}

function stepOf(load: Load, shown: number, fine: boolean): number {
  return isRate(load) ? rateStep(shown, fine) : usersStep(shown, fine);
}

/** The load after its point was dragged so many pixels to the right and upwards. */
export function draggedLoad(drag: Drag, right: number, up: number, fine: boolean): Load {
  const point = pointsOf(drag.load).find((p) => p.key === drag.key);
  if (!point) return drag.load;
  const value = point.value + up * drag.valuePerPixel;
  const lengthMs = (point.length?.ms ?? 0) + right * drag.msPerPixel * (point.length?.share ?? 0);
  return movePoint(drag.load, drag.key, {
    ...(Math.abs(up) < slack ? {} : { value: snap(value, stepOf(drag.load, drag.shownValue, fine)) }),
    ...(Math.abs(right) < slack ? {} : { lengthMs: snap(lengthMs, timeStep(drag.shownMs, fine)) }),
  });
}

/** The load after an arrow key on one of its points; null for every other key. */
export function arrowedLoad(
  load: Load,
  point: LoadPoint,
  key: string,
  shown: { ms: number; value: number },
  fine: boolean,
): Load | null {
  const direction = key === 'ArrowUp' || key === 'ArrowRight' ? 1 : -1;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const step = stepOf(load, shown.value, fine);
    return movePoint(load, point.key, { value: nextStep(point.value, step, direction) });
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
  if (!point.length) return load;
  const lengthMs = nextStep(point.length.ms, timeStep(shown.ms, fine), direction);
  return movePoint(load, point.key, { lengthMs });
}
