/** What was read of another tool's run, before it becomes a record of the history. */
import type { ResultKind } from '#contract/api/results';
import type { MetricSummary, Percentiles, RequestSummary, RunSource, ThresholdResult } from '#contract/run';
import type { RunSeries } from '#contract/series';

/** Requests of one type and name, with their histogram where there is one (HdrHistogram V2, compressed, base64). */
export interface ReadRequest extends RequestSummary {
  histogram: string | null;
}

/** Failures of one kind. */
export interface FailureGroup {
  kind: string;
  message: string;
  count: number;
  /** Epoch ms; null: the files do not say. */
  firstMs: number | null;
  lastMs: number | null;
}

/** What a stretch of the run looked like. Counts are of this stretch; what is not known is 0 or left out. */
export interface Moment {
  /** Seconds since the start of the load, at its end. */
  t: number;
  span: number;
  /** null: the files do not say how many there were. */
  users: number | null;
  errors: Record<string, number>;
  callsAttempted?: number;
  callsFailed?: number;
  callsDropped?: number;
  turnsOk?: number;
  turnsFailed?: number;
  ttfa?: Percentiles;
  bargeIn?: Percentiles;
  connect?: Percentiles;
}

/** What is known of a run that another tool made. */
export interface ForeignRun {
  kind: ResultKind;
  source: RunSource;
  /** What the run and its scenario are called where nobody says otherwise. */
  name: string;
  environment: string;
  /** Epoch ms; null: the files do not say. */
  startedMs: number | null;
  durationS: number;
  requests: readonly ReadRequest[];
  failures: readonly FailureGroup[];
  moments: readonly Moment[];
  series: readonly Omit<RunSeries, 'id' | 'problem'>[];
  thresholds: readonly ThresholdResult[];
  /** Why it failed, one sentence each, beyond `thresholds`; empty: it did not. */
  failed: readonly string[];
  /** Which requests are Crosstalk's own metrics, fired by a pack. */
  voice: readonly ReadRequest[];
  missing: readonly string[];
  notes: readonly string[];
}

/** No value was measured, or none is known. */
export function unknownLatency(count = 0): MetricSummary {
  return {
    unit: 'ms',
    count,
    min: null,
    mean: null,
    stddev: null,
    p50: null,
    p75: null,
    p90: null,
    p95: null,
    p99: null,
    p99_9: null,
    max: null,
  };
}
