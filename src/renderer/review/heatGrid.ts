/** Where the cells of a heat map lie, and what its axes name. */
import type { HeatMap } from '#contract/review';

/** One cell by its column and row. */
export interface Cell {
  column: number;
  row: number;
}

/** What a cell stands for. */
export interface CellFacts {
  fromS: number;
  toS: number;
  /** Values of at least `least` and less than `below`, ms; the last row's end belongs to it. */
  least: number;
  below: number;
  count: number;
  /** Values of all rows in the same stretch of time. */
  inColumn: number;
  /** Whether it is the first or last row: its limit is the least or greatest value there is. */
  lowest: boolean;
  highest: boolean;
}

/** The facts of a cell; null where the map has none. */
export function cellFacts({ fromS, stepS, edges, counts }: HeatMap, { column, row }: Cell): CellFacts | null {
  const values = counts[column];
  const [least, below] = [edges[row], edges[row + 1]];
  if (!values || least === undefined || below === undefined) return null;
  return {
    fromS: fromS + column * stepS,
    toS: fromS + (column + 1) * stepS,
    least,
    below,
    count: values[row] ?? 0,
    inColumn: values.reduce((sum, count) => sum + count, 0),
    lowest: row === 0,
    highest: row === edges.length - 2,
  };
}

/** The count of the fullest cell; 0 where there are none. */
export function mostIn({ counts }: HeatMap): number {
  return counts.reduce((most, column) => column.reduce((top, count) => Math.max(top, count), most), 0);
}

/** The cell at a moment and a share of the height (0 at the bottom); null beside the map. */
export function cellAt(
  { fromS, stepS, edges, counts }: HeatMap,
  seconds: number,
  share: number,
): Cell | null {
  const column = Math.floor((seconds - fromS) / stepS);
  const rows = edges.length - 1;
  const row = Math.min(rows - 1, Math.floor(share * rows));
  return column >= 0 && column < counts.length && row >= 0 && rows > 0 ? { column, row } : null;
}

/** Values that the axis names with their share of the height: 1, 2, 5, 10 … that are far enough apart, or the two ends. */
export function valueTicks(
  edges: readonly number[],
  height: number,
  leastPx = 26,
): { value: number; share: number }[] {
  const [low, high] = [edges[0], edges.at(-1)];
  if (low === undefined || high === undefined || !(high > low) || low <= 0) return [];
  const shareOf = (value: number) => Math.log(value / low) / Math.log(high / low);
  const ends = [low, high].map((value) => ({ value, share: shareOf(value) }));
  for (const steps of [[1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const ticks: { value: number; share: number }[] = [];
    for (let size = 10 ** Math.floor(Math.log10(low)); size <= high; size *= 10) {
      for (const step of steps) {
        const value = Number((size * step).toPrecision(6));
        if (value >= low && value <= high) ticks.push({ value, share: shareOf(value) });
      }
    }
    const apart = ticks.every((tick, i) => {
      const next = ticks[i + 1];
      return !next || (next.share - tick.share) * height >= leastPx;
    });
    if (apart && ticks.length >= 2) return ticks;
  }
  return ends;
}

/** Moments that the time axis names, round and far enough apart. */
export function timeTicks(
  [from, to]: [number, number],
  width: number,
  steps: readonly number[],
  leastPx = 80,
): number[] {
  const least = ((to - from) * leastPx) / Math.max(1, width);
  const step = steps.find((one) => one >= least) ?? steps.at(-1) ?? 1;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
}
