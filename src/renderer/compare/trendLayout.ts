/** Where the points of a trend lie. Knows nothing of the screen. */
import type { Trend, TrendPoint } from '#contract/comparison';
import { niceTop } from '../charts/niceTop.ts';

export interface PlacedPoint {
  point: TrendPoint;
  /** Index of its environment. */
  environment: number;
  baseline: boolean;
  /** Place in the order of all runs, from 0. */
  at: number;
}

/** All runs of a trend in the order of time. */
export function placePoints({ environments }: Pick<Trend, 'environments'>): PlacedPoint[] {
  return environments
    .flatMap(({ points, baselineId }, environment) =>
      points.map((point) => ({ point, environment, baseline: point.row.id === baselineId })),
    )
    .toSorted((a, b) => a.point.row.startedAt.localeCompare(b.point.row.startedAt))
    .map((placed, at) => ({ ...placed, at }));
}

/** A limit of the newest run. */
export interface TrendLimit {
  value: number;
  label: 'target' | 'acceptable';
}

/** The limits of all environments, each once. */
export function trendLimits({ environments }: Pick<Trend, 'environments'>): TrendLimit[] {
  const limits = new Map<string, TrendLimit>();
  for (const { thresholds } of environments)
    for (const { target, acceptable } of thresholds)
      for (const limit of [
        { value: target, label: 'target' as const },
        ...(acceptable === target ? [] : [{ value: acceptable, label: 'acceptable' as const }]),
      ])
        limits.set(`${limit.label} ${limit.value}`, limit);
  return [...limits.values()];
}

/** Ends of the value axis: from nothing for times and counts, close around the values for rates. */
export function trendRange(
  kind: Trend['kind'],
  values: readonly number[],
  limits: readonly TrendLimit[],
): [number, number] {
  const all = [...values, ...limits.map(({ value }) => value)];
  if (kind === 'rate') {
    const least = Math.min(1, ...all);
    const most = Math.max(0, ...all);
    if (most <= 0.5) return [0, Math.min(1, Math.max(0.01, niceTop(most, false)))];
    return [Math.max(0, Math.floor((least - (1 - least) * 0.15) * 100) / 100 - 0.01), 1];
  }
  const greatest = Math.max(0, ...values);
  // Limits far above every value would press the line flat.
  const near = limits.map(({ value }) => value).filter((value) => value <= greatest * 2.5);
  return [0, niceTop(Math.max(greatest, ...near), kind === 'count')];
}

const roundSteps = [1, 2, 5, 10];
const mostSplits = 6;

/** Round values along an axis, three to six of them. */
export function roundSplits([from, to]: readonly [number, number]): number[] {
  const wanted = (to - from) / (mostSplits - 1);
  if (!(wanted > 0)) return [from];
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const step = (roundSteps.find((one) => one * magnitude >= wanted * 0.999) ?? 10) * magnitude;
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
