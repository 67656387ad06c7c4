/**
 * A run's thresholds, each with its own record of the turns and calls it speaks of (`where`, `after`, its period, the
 * warm-up): percentiles are never derived from other percentiles.
 */
import { judge, metricKind, type CountMetric, type RateMetric } from '#contract/metrics';
import type { CallRecord, Counts, ThresholdResult, TurnRecord } from '#contract/run';
import type { Threshold } from '#contract/scenario/file';
import type { LatenessDelta } from '../messages.ts';
import { countOf, emptyCounts, addCall, addTurn, Rates } from './counts.ts';
import { LatencyHistogram } from './histogram.ts';
import { callValue, isCallMetric, isTurnMetric, turnValue } from './values.ts';

interface Span {
  from: number;
  to: number;
}

export class ThresholdWatch {
  readonly threshold: Threshold;
  readonly #span: Span;
  readonly #histogram = new LatencyHistogram();
  readonly #rates = new Rates();
  readonly #counts = emptyCounts();

  /** Times of the span are since the start of the load. */
  constructor(
    threshold: Threshold,
    warmUpMs: number,
    periods: readonly { name: string; from: number; to: number }[],
  ) {
    this.threshold = threshold;
    const period = periods.find((p) => p.name === threshold.where?.period);
    this.#span = {
      from: Math.max(warmUpMs, threshold.after, period?.from ?? 0),
      to: period?.to ?? Number.POSITIVE_INFINITY,
    };
  }

  #inSpan(at: number): boolean {
    return at >= this.#span.from && at < this.#span.to;
  }

  turn(turn: TurnRecord, sinceStart: number): void {
    const where = this.threshold.where;
    if (!this.#inSpan(sinceStart)) return;
    if (where?.turn !== undefined && where.turn !== turn.turn) return;
    if (where?.conversation !== undefined && where.conversation !== turn.conversation) return;
    if (where?.user !== undefined && where.user !== turn.user) return;
    this.#rates.turn(turn);
    addTurn(this.#counts, turn);
    const { metric } = this.threshold;
    const value = isTurnMetric(metric) && turn.excluded === null ? turnValue(turn, metric) : null;
    if (value !== null) this.#histogram.record(value);
  }

  call(call: CallRecord, sinceStart: number): void {
    const where = this.threshold.where;
    if (!this.#inSpan(sinceStart)) return;
    if (where?.user !== undefined && where.user !== call.user) return;
    this.#rates.call(call);
    addCall(this.#counts, call);
    this.#counts.calls_attempted++;
    if (call.connectedAt !== null) this.#counts.calls_connected++;
    if (call.outcome === 'failed') this.#counts.calls_failed++;
    if (call.outcome === 'dropped') this.#counts.calls_dropped++;
    this.#counts.slipped += call.slipped;
    const { metric } = this.threshold;
    const value = isCallMetric(metric) ? callValue(call, metric) : null;
    if (value !== null) this.#histogram.record(value);
  }

  arrivals(dropped: number, sinceStart: number): void {
    if (this.#inSpan(sinceStart)) this.#counts.arrivals_dropped += dropped;
  }

  lateness(delta: LatenessDelta, sinceStart: number): void {
    if (this.threshold.metric !== 'frame_lateness' || !this.#inSpan(sinceStart)) return;
    delta.values.forEach((us, i) => this.#histogram.record(us / 1000, delta.counts[i] ?? 0));
  }

  value(counts: Counts): number | null {
    const { metric, stat } = this.threshold;
    switch (metricKind(metric)) {
      case 'latency':
        return stat === 'count' || this.#histogram.count > 0 ? this.#histogram.statistic(stat) : null;
      case 'rate':
        return this.#rates.rate(metric as RateMetric);
      case 'count': {
        // Backpressure is counted by the worker as a whole, not by call.
        const from = metric === 'backpressure' ? counts : this.#counts;
        return countOf(from, metric as CountMetric);
      }
    }
  }

  /** A threshold without a sample fails, with value null. */
  result(counts: Counts): ThresholdResult {
    return thresholdResult(this.threshold, this.value(counts));
  }
}

/** How a value stands to its threshold; null fails. */
export function thresholdResult(threshold: Threshold, value: number | null): ThresholdResult {
  const { metric, stat, condition, target, acceptable, where } = threshold;
  const named = Object.entries(where ?? {}).filter(
    (e): e is [string, string | number] => typeof e[1] === 'string' || typeof e[1] === 'number',
  );
  return {
    metric,
    stat,
    condition,
    target,
    acceptable,
    ...(named.length > 0 ? { where: Object.fromEntries(named) } : {}),
    value,
    status: judge(value, condition, target, acceptable),
  };
}
