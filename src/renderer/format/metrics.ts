/** Values of metrics as the screens show them, each in its own unit; `exact` gives the full value for a hover. */
import { type MetricName, type MetricUnit, metricNames, metricUnit } from '#contract/metrics';
import { exactCount, exactMs, exactShare, formatCount, formatMs, formatShare, none } from './quantities.ts';

type Value = number | null | undefined;

/** How values of a unit are written. */
export interface ValueLook {
  short: (value: Value) => string;
  exact: (value: Value) => string;
}

/** A number a second: `0.42/s`, `12.5/s`, `1,240/s`, `12.4 k/s`. */
export function formatPerSecond(value: Value): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return none;
  const size = Math.abs(value);
  return `${formatCount(size < 100 ? Number(value.toPrecision(3)) : Math.round(value))}/s`;
}

/** A number a second in full: `12.482913 a second`. */
export function exactPerSecond(value: Value): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return 'not measured';
  return `${exactCount(value)} a second`;
}

/** How values are written, by their unit. */
export const valueLooks: Record<MetricUnit, ValueLook> = {
  ms: { short: formatMs, exact: exactMs },
  share: { short: formatShare, exact: exactShare },
  count: { short: formatCount, exact: exactCount },
  '1/s': { short: formatPerSecond, exact: exactPerSecond },
};

/** How values of a metric are written. */
export function lookOf(metric: MetricName): ValueLook {
  return valueLooks[metricUnit(metric)];
}

const kindUnits = { latency: 'ms', rate: 'share', count: 'count', speed: '1/s' } as const;

/** The unit of a row of a comparison, whose metric may be the name of a request. */
export function unitOfRow({ metric, kind }: { metric: string; kind: keyof typeof kindUnits }): MetricUnit {
  const known = metricNames.find((name) => name === metric);
  return known && kind !== 'count' ? metricUnit(known) : kindUnits[kind];
}
