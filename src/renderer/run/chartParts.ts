/** What a chart of a run is made of: how it is written down, the run's own figure beside a line, and what is drawn of it. */
import type { LatencyMetric, Statistic } from '#contract/metrics';
import type { ChartGroup } from '../charts/chartGroup.ts';
import type { ChartSpec } from '../charts/chartSpec.ts';
import type { ChartMark, ChartSeries, ChartSpan, WholeValue } from '../charts/plotOptions.ts';
import type { ColumnName, SampleSeries, SeriesTotals } from '../charts/sampleSeries.ts';
import { exactCount, exactMs, formatBytes, formatCount, formatMs } from '../format/quantities.ts';

/** Where the charts take their values from. */
export interface ChartSource {
  series: SampleSeries;
  group: ChartGroup;
  /** A latency of the whole run so far; null while it is not known. */
  whole: (metric: LatencyMetric, stat: Statistic) => number | null;
  /** Most calls and users at once so far. */
  peakCalls: () => number | null;
  spans: () => readonly ChartSpan[];
}

/** Of counts a second. */
export const perSecond = (value: number) => formatCount(Number(value.toPrecision(3)));
/** Of bytes a second. */
export const bytesPerSecond = (value: number) => `${formatBytes(value)}/s`;

/** A line of a chart: a column of the samples. */
export interface Line extends Omit<ChartSeries, 'whole'> {
  column: ColumnName;
  whole?: (source: ChartSource) => WholeValue | null;
}

/** A chart as it is written down below; what is left out is as in most. */
export interface Listed extends Partial<Omit<ChartSpec, 'series' | 'data' | 'marks' | 'spans'>> {
  name: string;
  title: string;
  about: string;
  lines: Line[];
  format: (value: number) => string;
  exact: (value: number) => string;
  empty: string;
}

/** A latency of the whole run beside its line. */
export function latency(metric: LatencyMetric, stat: Statistic) {
  return ({ whole }: ChartSource): WholeValue | null => {
    const value = whole(metric, stat);
    if (value === null) return null;
    return { word: 'run', text: formatMs(value), about: `${exactMs(value)} over the whole run so far` };
  };
}

/** What came in a second on average beside its line. */
export function mean(of: keyof SeriesTotals, format: (value: number) => string, what: string) {
  return ({ series }: ChartSource): WholeValue | null => {
    if (series.seconds === 0) return null;
    const value = series.totals[of] / series.seconds;
    return {
      word: 'run',
      text: format(value),
      about: `${exactCount(Number(value.toPrecision(6)))} ${what} a second on average; ${exactCount(series.totals[of])} so far`,
    };
  };
}

/** Most at once beside its line. */
export const peak = ({ peakCalls }: ChartSource): WholeValue | null => {
  const value = peakCalls();
  if (value === null || value === 0) return null;
  return { word: 'most', text: formatCount(value), about: `At most ${exactCount(value)} at once` };
};

/** As most charts are. */
export const usual = {
  kind: 'lines' as const,
  least: 1,
  whole: false,
  grow: 1,
  height: 84,
  startsFolded: false,
};

/** The chart as it is drawn. */
export function drawn(source: ChartSource, listed: Listed, marks: ChartMark[] = []): ChartSpec {
  const { lines, ...rest } = listed;
  const { series, group } = source;
  return {
    ...usual,
    ...rest,
    marks,
    spans: listed.name === 'calls' ? source.spans : () => [],
    series: lines.map(({ column: _column, whole, ...line }) =>
      whole ? { ...line, whole: () => whole(source) } : line,
    ),
    data: () => {
      const frame = series.frame(group.step);
      return { t: frame.t, columns: lines.map((line) => series.columnOf(frame, line.column)) };
    },
  };
}
