/**
 * Everything measured in a run, merged: workers ship raw values, the histograms live here. What began during the
 * warm-up stays out of the headline and the verdict, never out of the record.
 */
import { callMetrics, latencyMetrics, turnMetrics, type LatencyMetric } from '#contract/metrics';
import type {
  CallRecord,
  Counts,
  MetricSummary,
  RunSummary,
  ThresholdResult,
  TurnRecord,
} from '#contract/run';
import type { LatenessDelta, WorkerReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import { Breakdowns } from './breakdown.ts';
import { addCall, addReport, addTurn, emptyCounts, Rates } from './counts.ts';
import { LatencyHistogram } from './histogram.ts';
import { ThresholdWatch } from './thresholds.ts';
import { callValue, turnValue } from './values.ts';
import { LiveWindow } from './window.ts';

export class RunAggregate {
  readonly counts: Counts = emptyCounts();
  readonly #headlineRates = new Rates();
  readonly #histograms = new Map<string, LatencyHistogram>();
  readonly #breakdowns = new Breakdowns();
  readonly #thresholds: ThresholdWatch[];
  readonly #warmUpMs: number;
  #connectedEver = 0;
  #turnsOk = 0;
  /** Stamp of the start of the load. */
  #startedAt = 0;
  readonly live = { ttfa: new LiveWindow(), bargeIn: new LiveWindow(), connect: new LiveWindow() };

  constructor(plan: RunPlan) {
    this.#warmUpMs = plan.warmUpMs;
    this.#thresholds = plan.thresholds
      .filter((t) => t.enabled)
      .map((t) => new ThresholdWatch(t, plan.warmUpMs, plan.periods, true));
  }

  started(at: number): void {
    this.#startedAt = at;
  }

  /** What begins before so many seconds stays out of the headline and the verdict. */
  get warmUpS(): number {
    return this.#warmUpMs / 1000;
  }

  get lateness(): LatencyHistogram {
    return this.#histogram('frame_lateness');
  }

  report(report: WorkerReport): void {
    const sinceStart = report.at - this.#startedAt;
    addReport(this.counts, report);
    this.#connectedEver += report.callsConnected;
    for (const ms of report.measured.connect) this.live.connect.add(report.at, ms);
    for (const ms of report.measured.ttfa) this.live.ttfa.add(report.at, ms);
    for (const ms of report.measured.barge_in) this.live.bargeIn.add(report.at, ms);
    for (const turn of report.turns) this.#turn(turn);
    for (const call of report.calls) this.#call(call);
    this.#lateness(report.lateness, sinceStart);
  }

  /** What became of the arrivals of the last second. */
  arrivals(asked: number, dropped: number, at: number): void {
    this.counts.arrivals_asked += asked;
    this.counts.arrivals_dropped += dropped;
    for (const watch of this.#thresholds) watch.arrivals(dropped, at - this.#startedAt);
  }

  #histogram(key: string): LatencyHistogram {
    let histogram = this.#histograms.get(key);
    if (!histogram) this.#histograms.set(key, (histogram = new LatencyHistogram()));
    return histogram;
  }

  #turn(turn: TurnRecord): void {
    const sinceStart = turn.startedAt - this.#startedAt;
    if (turn.excluded === null && sinceStart < this.#warmUpMs) turn.excluded = 'warm_up';
    addTurn(this.counts, turn);
    this.#breakdowns.turn(turn);
    if (turn.status === 'ok') this.#turnsOk++;
    if (sinceStart >= this.#warmUpMs) this.#headlineRates.turn(turn);
    for (const watch of this.#thresholds) watch.turn(turn, sinceStart);
    if (turn.excluded !== null) return;
    for (const metric of turnMetrics) {
      const value = turnValue(turn, metric);
      if (value === null) continue;
      for (const key of [
        metric,
        `${metric}|turn=${turn.turn}`,
        `${metric}|conversation=${turn.conversation}`,
        `${metric}|user=${turn.user}`,
      ]) {
        this.#histogram(key).record(value);
      }
    }
  }

  #call(call: CallRecord): void {
    const sinceStart = call.startedAt - this.#startedAt;
    addCall(this.counts, call);
    for (const watch of this.#thresholds) watch.call(call, sinceStart);
    if (sinceStart < this.#warmUpMs) return;
    this.#headlineRates.call(call);
    for (const metric of callMetrics) {
      const value = callValue(call, metric);
      if (value === null) continue;
      this.#histogram(metric).record(value);
      this.#histogram(`${metric}|user=${call.user}`).record(value);
    }
  }

  #lateness(delta: LatenessDelta, sinceStart: number): void {
    for (const watch of this.#thresholds) watch.lateness(delta, sinceStart);
    if (sinceStart < this.#warmUpMs) return;
    const { lateness } = this;
    delta.values.forEach((us, i) => lateness.record(us / 1000, delta.counts[i] ?? 0));
  }

  metrics(): Record<LatencyMetric, MetricSummary> {
    const entries = latencyMetrics.map((metric): [LatencyMetric, MetricSummary] => [
      metric,
      this.#histogram(metric).summary(),
    ]);
    return Object.fromEntries(entries) as Record<LatencyMetric, MetricSummary>;
  }

  rates(): RunSummary['rates'] {
    return this.#headlineRates.all();
  }

  /** A second of the run is over. */
  second(at: number): void {
    for (const watch of this.#thresholds) watch.second(this.counts, at - this.#startedAt);
  }

  /** Every threshold as it stands, with its value over the last seconds. */
  thresholdsNow(): ThresholdResult[] {
    return this.#thresholds.map((watch) => watch.standing(this.counts));
  }

  thresholdResults(): ThresholdResult[] {
    return this.#thresholds.map((watch) => watch.result(this.counts));
  }

  /** A threshold that may stop the run and fails now, once it may be judged. */
  abortingThreshold(sinceStart: number): ThresholdResult | null {
    for (const watch of this.#thresholds) {
      const { abort, after } = watch.threshold;
      if (!abort || sinceStart < Math.max(after, this.#warmUpMs)) continue;
      const result = watch.result(this.counts);
      if (result.value !== null && result.status === 'fail') return result;
    }
    return null;
  }

  /** Reasons to fail whatever the thresholds say. */
  failures(): string[] {
    if (this.#connectedEver === 0) return ['no call was connected'];
    if (this.#turnsOk === 0) return ['no turn was finished'];
    return [];
  }

  breakdown(by: BreakdownBy): BreakdownRow[] {
    return this.#breakdowns.rows(by, (key) => this.#histograms.get(key));
  }

  histograms(): Record<string, string> {
    return Object.fromEntries(
      [...this.#histograms].filter(([, h]) => h.count > 0).map(([key, h]) => [key, h.encode()]),
    );
  }
}
