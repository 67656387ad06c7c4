/** Requests that a pack's locustfile fires: each is one of Crosstalk's metrics under its own name (docs/packs.md). */
import { latencyMetrics, type LatencyMetric } from '#contract/metrics';
import type { Counts, MetricSummary, RunSummary } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';
import type { ReadRequest } from './foreign.ts';
import { unknownLatency } from './foreign.ts';

/** Type of every request of a pack. */
export const voiceType = 'voice';
/** Requests of a pack that are counts rather than latencies. */
const counts = ['turn_success', 'dropped'];
/** A pack says of itself that its process was overloaded when more than one second of twenty was later than this, ms. */
const lateMs = 10;

export function isLatency(name: string): name is LatencyMetric {
  return latencyMetrics.some((metric) => metric === name);
}

/** Whether a pack fires requests of this name. */
export function firedByPack(name: string): boolean {
  return isLatency(name) || counts.includes(name);
}

/** Every latency metric, those that a pack fired with their values. */
export function voiceMetrics(requests: readonly ReadRequest[]): RunSummary['metrics'] {
  const of = new Map(requests.map((request) => [request.name, request.latency]));
  const entries = latencyMetrics.map((metric): [LatencyMetric, MetricSummary] => [
    metric,
    of.get(metric) ?? unknownLatency(),
  ]);
  return Object.fromEntries(entries) as RunSummary['metrics'];
}

/** Histograms of the metrics that have one. */
export function voiceHistograms(requests: readonly ReadRequest[]): Record<string, string> {
  return Object.fromEntries(
    requests.flatMap(({ name, histogram }) =>
      histogram === null || !isLatency(name) ? [] : [[name, histogram]],
    ),
  );
}

/** What a pack's requests count, and the rates by MEASUREMENT.md; null where nothing was attempted. */
export function voiceCounts(requests: readonly ReadRequest[]): {
  counts: Partial<Counts>;
  rates: RunSummary['rates'];
} {
  const of = (name: string) => requests.find((request) => request.name === name);
  const ok = (name: string) => {
    const request = of(name);
    return request === undefined ? 0 : request.count - request.failures;
  };
  const failed = (name: string) => of(name)?.failures ?? 0;
  const attempted = of('connect')?.count ?? 0;
  const turns = of('turn_success')?.count ?? 0;
  const dropped = of('dropped')?.count ?? 0;
  const bargeIns = of('barge_in')?.count ?? 0;
  const rate = (good: number, all: number) => (all > 0 ? good / all : null);
  return {
    counts: {
      calls_attempted: attempted,
      calls_connected: ok('connect'),
      calls_failed: failed('connect'),
      calls_dropped: dropped,
      turns_ok: ok('turn_success'),
      turns_failed: failed('turn_success'),
      ttfa_answered: ok('ttfa'),
      ttfa_timed_out: failed('ttfa'),
      greeting_missing: failed('greeting'),
    },
    rates: {
      connection_success: rate(ok('connect'), attempted),
      turn_success: rate(ok('turn_success'), turns),
      error_rate: rate(failed('connect') + dropped + failed('turn_success'), attempted + turns),
      barge_in_success: rate(ok('barge_in'), bargeIns),
      ...withoutRequests.rates,
    },
  };
}

/** Why a pack's own figures are not to be trusted; null: they are, or nothing is known. */
export function overloaded(requests: readonly ReadRequest[]): string | null {
  const p95 = requests.find(({ name }) => name === 'frame_lateness')?.latency.p95 ?? null;
  return p95 !== null && p95 > lateMs
    ? `the load generators were overloaded: in more than one second of twenty their frames left more than ${lateMs} ms late`
    : null;
}
