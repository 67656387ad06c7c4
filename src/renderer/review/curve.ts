/**
 * The percentile curve as HdrHistogram draws it: to the right every decade is a nine more of the percentile, x = log10(1 / (1 − p)),
 * so that the tail has as much room as the bulk.
 */
import type uPlot from 'uplot';
import type { Distribution } from '#contract/review';

/** The percentile that a place on the axis stands for. */
export function percentileAt(x: number): number {
  return 100 * (1 - 10 ** -x);
}

/** Where a percentile below 100 lies. */
export function placeOf(percentile: number): number {
  return Math.round(Math.log10(100 / (100 - percentile)) * 1e9) / 1e9;
}

/** Percentiles that the axis names. */
export const axisPercentiles = [0, 50, 75, 90, 99, 99.9, 99.99, 99.999, 99.9999] as const;

interface Point {
  x: number;
  value: number;
}

/**
 * A metric's points. The greatest of n values lies where its share begins, at 1 − 1/n: beyond it nothing is known, and 100 %
 * would lie at infinity.
 */
export function curvePoints({ curve, summary }: Distribution): Point[] {
  const end = Math.max(0, Math.log10(Math.max(1, summary.count)));
  const points: Point[] = [];
  for (const { percentile, value } of curve) {
    const x = percentile >= 100 ? end : Math.min(end, placeOf(percentile));
    const last = points.at(-1);
    // Of several at one place the greatest counts: they rise.
    if (last?.x === x) last.value = value;
    else points.push({ x, value });
  }
  return points;
}

/** Several metrics over one axis: its places, and for each metric its value there or nothing. */
export function curveData(distributions: readonly Distribution[]): uPlot.AlignedData {
  const all = distributions.map(curvePoints);
  const places = [...new Set(all.flatMap((points) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const columns = all.map((points) => {
    const values = new Map(points.map(({ x, value }) => [x, value]));
    return places.map((x) => values.get(x) ?? null);
  });
  return [places, ...columns];
}

/** A metric's value at a place: that of the next point at or after it, as a percentile is one of the values. */
export function valueAt(points: readonly Point[], x: number): number | null {
  return points.find((point) => point.x >= x)?.value ?? null;
}

/** `90 %`, `99.9 %`; between the named ones with as many digits as tell it from 100. */
export function percentileText(percentile: number): string {
  const left = 100 - percentile;
  const digits = left >= 10 ? 0 : left <= 0 ? 0 : Math.min(6, Math.ceil(-Math.log10(left)) + 1);
  return `${Number(percentile.toFixed(digits))} %`;
}
