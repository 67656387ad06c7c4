/** Percentile curves of several runs on one axis. Knows nothing of the screen. */
import type { ComparedRun } from '#contract/comparison';
import { placeOf } from '../review/curve.ts';

type Curve = ComparedRun['curves'][string];

export interface CurvePoint {
  x: number;
  value: number;
}

/** Where a curve's values lie: 100 % lies where the last value begins, beyond it nothing is known. */
export function curvePlaces(curve: Curve): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (const { percentile, value } of curve) {
    const last = points.at(-1);
    const x = percentile >= 100 ? (last?.x ?? 0) : placeOf(percentile);
    // Of several at one place the greatest counts: they rise.
    if (last?.x === x) last.value = Math.max(last.value, value);
    else points.push({ x, value });
  }
  return points;
}

/** The places of all curves, and a column of values for each, with nothing where it has none. */
export function curveColumns(curves: readonly CurvePoint[][]): [number[], ...(number | null)[][]] {
  const places = [...new Set(curves.flatMap((points) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const columns = curves.map((points) => {
    const values = new Map(points.map(({ x, value }) => [x, value]));
    return places.map((x) => values.get(x) ?? null);
  });
  return [places, ...columns];
}

/** The value at a place: that of the next point, as a percentile is one of the values. */
export function curveValue(points: readonly CurvePoint[], x: number): number | null {
  return points.find((point) => point.x >= x)?.value ?? null;
}
