/**
 * A run's thresholds, each with its own record of the turns and calls it speaks of (`where`, `after`, its period, the
 * warm-up): percentiles are never derived from other percentiles.
 */
import { judge, metricKind, type CountMetric, type MetricKind, type RateMetric } from '#contract/metrics';
import type { CallRecord, Counts, ThresholdResult, TurnRecord } from '#contract/run';
import type { Threshold } from '#contract/scenario/file';
import type { LatenessDelta } from '../messages.ts';
import type { RequestStep } from '#contract/requests';
import type { RunPlan } from '../plan.ts';
import { endOf, isTimed, type IterationColumns, type RequestColumns } from '../requests/columns.ts';
import { countOf, emptyCounts, addCall, addRequest, addTurn, Rates } from './counts.ts';
import { LatencyHistogram } from './histogram.ts';
import { RecentRates, RecentValues } from './recent.ts';
import { callValue, isCallMetric, isRequestMetric, isTurnMetric, turnValue } from './values.ts';

const secondMs = 1000;

/** What of a plan thresholds speak of. */
export type ThresholdScope = Pick<RunPlan, 'periods' | 'steps' | 'users' | 'stages'>;

interface Span {
  from: number;
  to: number;
}

export class ThresholdWatch {
  readonly threshold: Threshold;
  readonly #kind: MetricKind;
  /** Only of requests: turns and calls are none of these. */
  readonly #ofRequests: boolean;
  readonly #span: Span;
  readonly #histogram = new LatencyHistogram();
  readonly #rates = new Rates();
  readonly #counts = emptyCounts();
  /** null: nobody asks for the last seconds. */
  readonly #recent: { values: RecentValues; rates: RecentRates } | null;
  /** The value of the last seconds; undefined before the first, and for what has no window. */
  #now: number | null | undefined;
  /** Whether a step of the plan is one of these (1), by its place; null: only turns and calls are. */
  readonly #steps: Uint8Array | null;
  /** Likewise users entries. */
  readonly #users: Uint8Array | null;
  /** Intended start of the first request and end of the last, since the start of the load. */
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #breachedMs = 0;
  /** When the last second ended; null before the first. */
  #toldAt: number | null = null;

  /** Times of the span are since the start of the load. `live`: it is told of every second. */
  constructor(
    threshold: Threshold,
    warmUpMs: number,
    { periods, steps, users, stages }: ThresholdScope,
    live = false,
  ) {
    this.threshold = threshold;
    const { where } = threshold;
    const ofVoice = where?.turn !== undefined || where?.conversation !== undefined;
    const staged = new Set(stages.map(({ name }) => name));
    const isMeant = (step: RequestStep) =>
      (where?.user === undefined ? !staged.has(step.user) : where.user === step.user) &&
      (where?.step === undefined || where.step === step.name) &&
      (where?.phase === undefined || where.phase === step.phase) &&
      (where?.group === undefined || where.group === step.group);
    this.#steps = ofVoice ? null : Uint8Array.from(steps, (step) => (isMeant(step) ? 1 : 0));
    this.#users = ofVoice
      ? null
      : Uint8Array.from(users, ({ name }) => (where?.user === undefined || where.user === name ? 1 : 0));
    this.#ofRequests = where?.step !== undefined || where?.phase !== undefined || where?.group !== undefined;
    this.#recent = live ? { values: new RecentValues(), rates: new RecentRates() } : null;
    this.#kind = metricKind(threshold.metric);
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
    if (this.#ofRequests || !this.#inSpan(sinceStart)) return;
    if (where?.turn !== undefined && where.turn !== turn.turn) return;
    if (where?.conversation !== undefined && where.conversation !== turn.conversation) return;
    if (where?.user !== undefined && where.user !== turn.user) return;
    this.#rates.turn(turn);
    if (this.#kind === 'rate') this.#recent?.rates.turn(turn);
    addTurn(this.#counts, turn);
    const { metric } = this.threshold;
    const value = isTurnMetric(metric) && turn.excluded === null ? turnValue(turn, metric) : null;
    this.#record(value);
  }

  #record(value: number | null): void {
    if (value === null) return;
    this.#histogram.record(value);
    this.#recent?.values.record(value);
  }

  call(call: CallRecord, sinceStart: number): void {
    const where = this.threshold.where;
    if (this.#ofRequests || !this.#inSpan(sinceStart)) return;
    if (where?.user !== undefined && where.user !== call.user) return;
    this.#rates.call(call);
    if (this.#kind === 'rate') this.#recent?.rates.call(call);
    addCall(this.#counts, call);
    this.#counts.calls_attempted++;
    if (call.connectedAt !== null) this.#counts.calls_connected++;
    if (call.outcome === 'failed') this.#counts.calls_failed++;
    if (call.outcome === 'dropped') this.#counts.calls_dropped++;
    this.#counts.slipped += call.slipped;
    const { metric } = this.threshold;
    this.#record(isCallMetric(metric) ? callValue(call, metric) : null);
  }

  /** `startedAt`: stamp of the start of the load. */
  requests(columns: RequestColumns, startedAt: number): void {
    if (this.#steps === null) return;
    const metric = this.threshold.metric;
    const values = isRequestMetric(metric) ? columns.values[metric] : null;
    for (let i = 0; i < columns.length; i++) {
      const at = (columns.intendedAt[i] ?? 0) - startedAt;
      if (!this.#inSpan(at) || this.#steps[columns.step[i] ?? 0] !== 1) continue;
      this.#rates.request(columns, i);
      if (this.#kind === 'rate') this.#recent?.rates.request(columns, i);
      addRequest(this.#counts, columns, i);
      this.#counts.checks_passed += columns.checksPassed[i] ?? 0;
      this.#counts.checks_failed += columns.checksFailed[i] ?? 0;
      this.#from = Math.min(this.#from, at);
      this.#to = Math.max(this.#to, endOf(columns, i) - startedAt);
      if (values !== null && isTimed(columns, i)) this.#recordKnown(values[i]);
    }
  }

  #recordKnown(value: number | undefined): void {
    if (value !== undefined && !Number.isNaN(value)) this.#record(value);
  }

  iterations(columns: IterationColumns, startedAt: number): void {
    const { metric, where } = this.threshold;
    const isOfOthers = Object.entries(where ?? {}).some(([key]) => key !== 'user' && key !== 'period');
    if (this.#users === null || isOfOthers) return;
    const values = metric === 'iteration' || metric === 'iteration_uncorrected' ? columns[metric] : null;
    for (let i = 0; i < columns.length; i++) {
      const at = (columns.intendedAt[i] ?? 0) - startedAt;
      if (!this.#inSpan(at) || this.#users[columns.group[i] ?? 0] !== 1 || columns.ok[i] === 2) continue;
      this.#counts.iterations++;
      if (columns.ok[i] === 0) this.#counts.iterations_failed++;
      else if (values !== null) this.#recordKnown(values[i]);
    }
  }

  arrivals(dropped: number, sinceStart: number): void {
    if (this.#inSpan(sinceStart)) this.#counts.arrivals_dropped += dropped;
  }

  lateness(delta: LatenessDelta, sinceStart: number): void {
    if (this.threshold.metric !== 'frame_lateness' || !this.#inSpan(sinceStart)) return;
    delta.values.forEach((us, i) => this.#histogram.record(us / 1000, delta.counts[i] ?? 0));
    this.#recent?.values.lateness(delta);
  }

  /** A second is over: says how the threshold stands now, and counts the time in which it is breached. */
  second(counts: Counts, sinceStart: number): void {
    const lasted = sinceStart - (this.#toldAt ?? sinceStart - secondMs);
    this.#toldAt = sinceStart;
    this.#now = this.#overTheLast(sinceStart);
    if (!this.#isBreachable() || sinceStart <= this.#span.from) return;
    const { condition, target, acceptable } = this.threshold;
    const value = this.#now === undefined ? this.value(counts) : this.#now;
    if (value === null || judge(value, condition, target, acceptable) !== 'fail') return;
    this.#breachedMs += Math.min(lasted, sinceStart - this.#span.from);
  }

  #overTheLast(now: number): number | null | undefined {
    if (this.#recent === null) return undefined;
    const { metric, stat } = this.threshold;
    const { values, rates } = this.#recent;
    if (this.#kind === 'rate') {
      rates.second(now);
      return rates.rate(metric as RateMetric);
    }
    values.second(now);
    return this.#kind === 'count' || stat === 'count' ? undefined : values.statistic(stat);
  }

  /** A count that is to be reached is not breached while it is still being counted. */
  #isBreachable(): boolean {
    const { stat, condition } = this.threshold;
    return condition === 'below' || (this.#kind !== 'count' && stat !== 'count');
  }

  value(counts: Counts): number | null {
    const { metric, stat } = this.threshold;
    switch (this.#kind) {
      case 'latency':
        return stat === 'count' || this.#histogram.count > 0 ? this.#histogram.statistic(stat) : null;
      case 'rate':
        return this.#rates.rate(metric as RateMetric);
      case 'speed':
        return this.#counts.requests === 0
          ? null
          : this.#counts.requests / Math.max(0.001, (this.#to - this.#from) / 1000);
      case 'count': {
        // Backpressure is counted by the worker as a whole, not by call.
        const from = metric === 'backpressure' ? counts : this.#counts;
        return countOf(from, metric as CountMetric);
      }
    }
  }

  /** A threshold without a sample fails, with value null. */
  result(counts: Counts): ThresholdResult {
    const after = this.#span.from / 1000;
    return {
      ...thresholdResult(this.threshold, this.value(counts)),
      ...(after > 0 ? { after_s: after } : {}),
      ...(this.#toldAt !== null && this.#isBreachable()
        ? { breached_s: Math.round(this.#breachedMs / 100) / 10 }
        : {}),
    };
  }

  /** Likewise, with its value over the last seconds. */
  standing(counts: Counts): ThresholdResult {
    return { ...this.result(counts), ...(this.#now === undefined ? {} : { now: this.#now }) };
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
