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
import type { LatenessDelta, RequestReport, WorkerReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import { isTimed, noStatus } from '../requests/columns.ts';
import { Breakdowns } from './breakdown.ts';
import { addCall, addReport, addRequests, addTurn, emptyCounts, Rates } from './counts.ts';
import { LatencyHistogram } from './histogram.ts';
import { RequestAggregate } from './requests/requestAggregate.ts';
import { ThresholdWatch } from './thresholds.ts';
import { callValue, isOfRequests, turnValue } from './values.ts';
import { LiveWindow } from './window.ts';

/** `excluded` of requests of the warm-up. */
const warmUpMark = 2;

/** Connects of calls and of requests are counted apart: whichever there are stands for the metric, requests first. */
function joined(ofCalls: MetricSummary, ofRequests: MetricSummary): MetricSummary {
  return ofRequests.count > 0 ? ofRequests : ofCalls;
}

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
  /** null: it has none. */
  readonly requests: RequestAggregate | null;
  readonly #hasVoice: boolean;
  readonly #hasRequestUsers: boolean;
  #answeredEver = 0;
  readonly live = {
    ttfa: new LiveWindow(),
    bargeIn: new LiveWindow(),
    connect: new LiveWindow(),
    request: new LiveWindow(),
    firstToken: new LiveWindow(),
  };

  constructor(plan: RunPlan) {
    this.#warmUpMs = plan.warmUpMs;
    this.#thresholds = plan.thresholds
      .filter((t) => t.enabled)
      .map((t) => new ThresholdWatch(t, plan.warmUpMs, plan, true));
    this.#hasVoice = plan.users.some(({ kind }) => kind === 'voice');
    this.#hasRequestUsers = plan.users.some(({ kind }) => kind !== 'voice');
    this.requests = plan.steps.length === 0 ? null : new RequestAggregate(plan);
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
    if (report.requests !== null) this.#requests(report.requests, report.at);
  }

  /** What became of the arrivals of the last second. */
  arrivals(asked: number, dropped: number, at: number): void {
    this.counts.arrivals_asked += asked;
    this.counts.arrivals_dropped += dropped;
    for (const watch of this.#thresholds) watch.arrivals(dropped, at - this.#startedAt);
  }

  #requests(report: RequestReport, at: number): void {
    this.requests?.take(report, this.#startedAt);
    addRequests(this.counts, report);
    const { requests, iterations } = report;
    if (iterations !== null)
      for (const watch of this.#thresholds) watch.iterations(iterations, this.#startedAt);
    if (requests === null) return;
    for (const watch of this.#thresholds) watch.requests(requests, this.#startedAt);
    for (let i = 0; i < requests.length; i++) {
      if (requests.status[i] !== noStatus) this.#answeredEver++;
      if (requests.excluded[i] !== warmUpMark) this.#headlineRates.request(requests, i);
      this.counts.bytes_sent += requests.bytesSent[i] ?? 0;
      this.counts.bytes_received += requests.bytesReceived[i] ?? 0;
      if (!isTimed(requests, i)) continue;
      this.live.request.add(at, requests.values.request[i] ?? 0);
      const firstToken = requests.values.first_token[i] ?? Number.NaN;
      if (!Number.isNaN(firstToken)) this.live.firstToken.add(at, firstToken);
    }
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
      isOfRequests(metric) && this.requests !== null
        ? joined(this.#histogram(metric).summary(), this.requests.summary(metric))
        : this.#histogram(metric).summary(),
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
    const failures: string[] = [];
    if (this.#hasVoice) {
      if (this.#connectedEver === 0) failures.push('no call was connected');
      else if (this.#turnsOk === 0) failures.push('no turn was finished');
    }
    if (this.requests !== null && this.#hasRequestUsers) {
      if (this.#answeredEver === 0) failures.push('no request was answered');
      else if (this.counts.requests === this.counts.requests_failed) failures.push('no request was ok');
    }
    return failures;
  }

  breakdown(by: BreakdownBy): BreakdownRow[] {
    return this.#breakdowns.rows(by, (key) => this.#histograms.get(key));
  }

  histograms(): Record<string, string> {
    return Object.fromEntries(
      [...this.#histograms, ...(this.requests?.histograms() ?? [])]
        .filter(([, h]) => h.count > 0)
        .map(([key, h]) => [key, h.encode()]),
    );
  }
}
