/**
 * What was measured while a number of calls was held: thresholds and latencies of the turns and calls that began in
 * that time, and whether this machine bore up.
 */
import type { CallRecord, HeldStep, Sample, ThresholdResult, TurnRecord } from '#contract/run';
import type { RunPlan } from '../plan.ts';
import type { WorkerReport } from '../messages.ts';
import { noStatus, onlyRows, type RequestColumns } from '../requests/columns.ts';
import { emptyCounts, Rates } from './counts.ts';
import { LatencyHistogram } from './histogram.ts';
import { thresholdResult, ThresholdWatch, type ThresholdScope } from './thresholds.ts';
import { TrustWatch } from './trust.ts';

/** What is to be said of a number of calls that was held. */
export interface HoldVerdict {
  result: 'pass' | 'warn' | 'fail' | 'generator';
  /** Thresholds with a sample. */
  thresholds: ThresholdResult[];
  /** Why it failed beyond the thresholds, or how the generator gave way. */
  reasons: string[];
}

/** A second is reported at its end: what the report says of the time before the hold is not of it. */
const reportSpanMs = 1000;

export class Hold {
  readonly users: number;
  readonly kind: HeldStep['kind'];
  /** Stamp of its beginning. */
  readonly from: number;
  /** What begins from then on is not of it. */
  #until: number;
  #closed = false;
  /** Why it failed when nothing came of it. */
  readonly #nothing: { connected: string; finished: string };
  #lastReportAt = 0;
  readonly #watches: ThresholdWatch[];
  readonly #rates = new Rates();
  readonly #counts = emptyCounts();
  readonly #ttfa = new LatencyHistogram();
  readonly #bargeIn = new LatencyHistogram();
  readonly #lateness = new LatencyHistogram();
  readonly #trust = new TrustWatch();
  #connected = false;
  #turnsOk = 0;

  constructor(
    plan: Pick<RunPlan, 'thresholds'> & ThresholdScope,
    what: { users: number; kind: HeldStep['kind']; from: number; holdMs: number },
  ) {
    this.#nothing = plan.users.some(({ kind }) => kind === 'voice')
      ? { connected: 'no call was connected', finished: 'no turn was finished' }
      : { connected: 'no request was answered', finished: 'no request was ok' };
    this.users = what.users;
    this.kind = what.kind;
    this.from = what.from;
    this.#until = what.from + what.holdMs;
    this.#watches = plan.thresholds
      .filter((threshold) => threshold.enabled && threshold.metric !== 'calls_held')
      .map((threshold) => new ThresholdWatch(threshold, 0, plan));
  }

  /** Stamp of its end; null while it is held. */
  get to(): number | null {
    return this.#closed ? this.#until : null;
  }

  /** Whether it has been held long enough. */
  isDue(at: number): boolean {
    return at >= this.#until;
  }

  /** It is over: what began in it may still end. */
  close(at: number): void {
    this.#closed = true;
    this.#until = Math.min(this.#until, at);
  }

  #holds(at: number): boolean {
    return at >= this.from && at < this.#until;
  }

  report(report: WorkerReport): void {
    if (report.at >= this.from && report.active > 0) this.#connected = true;
    if (report.requests?.requests) this.#requests(report.requests.requests);
    for (const turn of report.turns) this.#turn(turn);
    for (const call of report.calls) this.call(call);
    this.#lastReportAt = report.at;
    if (report.at < this.from + reportSpanMs || report.at > this.#until + reportSpanMs) return;
    this.#counts.backpressure += report.backpressure;
    for (const watch of this.#watches) watch.lateness(report.lateness, report.at);
    report.lateness.values.forEach((us, i) =>
      this.#lateness.record(us / 1000, report.lateness.counts[i] ?? 0),
    );
  }

  /** A call that is over, or as if it were. */
  call(call: CallRecord): void {
    if (!this.#holds(call.startedAt)) return;
    if (call.connectedAt !== null) this.#connected = true;
    for (const watch of this.#watches) watch.call(call, call.startedAt);
  }

  /** Those that began in it. */
  #requests(columns: RequestColumns): void {
    const within = onlyRows(columns, (i) => this.#holds(columns.intendedAt[i] ?? 0));
    for (const watch of this.#watches) watch.requests(within, 0);
    for (let i = 0; i < within.length; i++) {
      if (within.status[i] !== noStatus) this.#connected = true;
      if (within.outcome[i] === 0) this.#turnsOk++;
    }
  }

  #turn(turn: TurnRecord): void {
    if (!this.#holds(turn.startedAt)) return;
    this.#rates.turn(turn);
    if (turn.status === 'ok') this.#turnsOk++;
    for (const watch of this.#watches) watch.turn(turn, turn.startedAt);
    if (turn.excluded !== null) return;
    if (turn.ttfa !== null) this.#ttfa.record(turn.ttfa);
    if (turn.barge_in !== null) this.#bargeIn.record(turn.barge_in);
  }

  second(sample: Sample, wallMs: number): void {
    if (sample.at >= this.from + reportSpanMs) this.#trust.second(sample, wallMs);
  }

  distrust(reason: string, at: number): void {
    this.#trust.distrust(reason, at);
  }

  gap(ms: number, at: number): void {
    this.#trust.gap(ms, at);
  }

  /** Why nothing could be said of the target if it were over now. */
  untrusted(): string[] {
    return this.#trust.reasons(this.#lateness);
  }

  untrustedSoFar(): string[] {
    return this.#trust.reasonsSoFar(this.#lateness, this.#lastReportAt - this.from);
  }

  /** Every threshold but those on the number of calls that is held; one without a sample fails, with value null. */
  thresholds(): ThresholdResult[] {
    return this.#watches.map((watch) => watch.result(this.#counts));
  }

  get latencies(): Pick<HeldStep, 'ttfa_p95' | 'barge_in_p95'> {
    return { ttfa_p95: this.#ttfa.percentile(95), barge_in_p95: this.#bargeIn.percentile(95) };
  }

  /** A threshold without a sample says nothing here: in a short time not everything occurs. */
  verdict(): HoldVerdict {
    const thresholds = this.thresholds().filter((row) => row.value !== null);
    const untrusted = this.untrusted();
    if (untrusted.length > 0) return { result: 'generator', thresholds, reasons: untrusted };
    if (!this.#connected) return { result: 'fail', thresholds, reasons: [this.#nothing.connected] };
    if (this.#turnsOk === 0) return { result: 'fail', thresholds, reasons: [this.#nothing.finished] };
    const statuses = thresholds.map((row) => row.status);
    const result = statuses.includes('fail') ? 'fail' : statuses.includes('warn') ? 'warn' : 'pass';
    return { result, thresholds, reasons: [] };
  }
}

/** The thresholds on the number of calls that is held. */
export function callsHeld(plan: Pick<RunPlan, 'thresholds'>, held: number | null): ThresholdResult[] {
  return plan.thresholds
    .filter((threshold) => threshold.enabled && threshold.metric === 'calls_held')
    .map((threshold) => thresholdResult(threshold, held ?? 0));
}
