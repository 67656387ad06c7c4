/** Counts and rates over calls and turns, by MEASUREMENT.md: "Rates". */
import { userRemoved, type CallRecord, type Counts, type RunSummary, type TurnRecord } from '#contract/run';
import type { CountMetric, RateMetric } from '#contract/metrics';
import { allowedLeftoverMs } from '../call/turn.ts';
import { requestOutcomes } from '#contract/requests';
import type { RequestReport, WorkerReport } from '../messages.ts';
import { noStatus, type RequestColumns } from '../requests/columns.ts';
import { statusWord } from './requests/requestAggregate.ts';

export function emptyCounts(): Counts {
  return {
    calls_attempted: 0, calls_connected: 0, calls_failed: 0, calls_dropped: 0,
    turns_ok: 0, turns_failed: 0, turns_timed_out: 0, turns_ambiguous: 0,
    frames_sent: 0, frames_received: 0, bytes_sent: 0, bytes_received: 0, errors: {},
    turns_cut: 0, turns_excluded: 0, ttfa_answered: 0, ttfa_timed_out: 0, ttfa_lost: 0, talk_overs: 0,
    greeting_missing: 0, stop_idle: 0, cut_short: 0, late_audio: 0, slipped: 0, backpressure: 0, arrivals_asked: 0, arrivals_dropped: 0,
    barge_in_outcomes: {}, other_messages: {},
    requests: 0, requests_failed: 0, requests_timed_out: 0, requests_cut: 0, requests_excluded: 0, retries: 0,
    checks_passed: 0, checks_failed: 0, iterations: 0, iterations_failed: 0, statuses: {},
  }; // prettier-ignore
}

/** Called for every request: an object for each would cost more than the counting. */
function addOne(counts: Record<string, number>, kind: string): void {
  counts[kind] = (counts[kind] ?? 0) + 1;
}

function addTo(counts: Record<string, number>, more: Record<string, number>): void {
  for (const [kind, n] of Object.entries(more)) counts[kind] = (counts[kind] ?? 0) + n;
}

/** What a worker counted: sockets, frames, errors. */
export function addReport(counts: Counts, report: WorkerReport): void {
  counts.calls_attempted += report.callsAttempted;
  counts.calls_connected += report.callsConnected;
  counts.calls_failed += report.callsFailed;
  counts.calls_dropped += report.callsDropped;
  counts.frames_sent += report.framesSent;
  counts.frames_received += report.framesReceived;
  counts.bytes_sent += report.bytesSent;
  counts.bytes_received += report.bytesReceived;
  counts.slipped += report.health.slipped;
  counts.backpressure += report.backpressure;
  addTo(counts.errors, report.errorCounts);
  addTo(counts.other_messages, report.otherMessages);
}

export function addCall(counts: Counts, call: CallRecord): void {
  if (call.greetingMissing) counts.greeting_missing++;
  counts.stop_idle += call.stopIdle;
  counts.cut_short += call.cutShort;
}

/** Requests that ended, iterations and checks; those of the warm-up too. */
export function addRequests(counts: Counts, { requests, iterations, checks }: RequestReport): void {
  for (let i = 0; i < (requests?.length ?? 0); i++) if (requests !== null) addRequest(counts, requests, i);
  for (const ok of iterations?.ok ?? []) {
    if (ok === iterationCut) continue;
    counts.iterations++;
    if (ok === 0) counts.iterations_failed++;
  }
  for (const { passed, failed } of checks) {
    counts.checks_passed += passed;
    counts.checks_failed += failed;
  }
}

/** `ok` of an iteration that the end of the run cut. */
const iterationCut = 2;

export function addRequest(counts: Counts, columns: RequestColumns, i: number): void {
  const outcome = requestOutcomes[columns.outcome[i] ?? 0];
  counts.retries += columns.retries[i] ?? 0;
  if (columns.excluded[i] !== 0) counts.requests_excluded++;
  if (outcome === 'cut') {
    counts.requests_cut++;
    return;
  }
  counts.requests++;
  if (outcome !== 'ok') {
    counts.requests_failed++;
    addOne(counts.errors, columns.errors[(columns.error[i] ?? 0) - 1] ?? 'failed');
  }
  if (outcome === 'timeout') counts.requests_timed_out++;
  const status = columns.status[i] ?? noStatus;
  if (status !== noStatus) addOne(counts.statuses, statusWord(status));
}

export function addTurn(counts: Counts, turn: TurnRecord): void {
  if (turn.status === 'cut') counts.turns_cut++;
  else if (turn.status === 'ok') counts.turns_ok++;
  else counts.turns_failed++;
  if (turn.status === 'timeout') counts.turns_timed_out++;
  if (turn.ambiguous) counts.turns_ambiguous++;
  if (turn.excluded !== null) counts.turns_excluded++;
  if (turn.talk_over !== null) counts.talk_overs++;
  if (turn.lateAudioMs > 0) counts.late_audio++;
  if (turn.timedOut === 'first_byte') counts.ttfa_timed_out++;
  else if (turn.ttfa !== null) counts.ttfa_answered++;
  else if (turn.status === 'failed') counts.ttfa_lost++;
  if (turn.bargeInOutcome !== null) addTo(counts.barge_in_outcomes, { [turn.bargeInOutcome]: 1 });
}

/** The rates from what was counted; null where nothing was attempted. */
export class Rates {
  #attempted = 0;
  #connected = 0;
  #failedCalls = 0;
  #dropped = 0;
  #ok = 0;
  #failedTurns = 0;
  #turns = 0;
  #bargeIns = 0;
  #bargeInsOk = 0;
  #requestsOk = 0;
  #requestsFailed = 0;
  #checksPassed = 0;
  #checksFailed = 0;

  report(report: WorkerReport): void {
    this.#attempted += report.callsAttempted;
    this.#connected += report.callsConnected;
    this.#failedCalls += report.callsFailed;
    this.#dropped += report.callsDropped;
  }

  call(call: CallRecord): void {
    if (call.error === userRemoved) return;
    this.#attempted++;
    if (call.connectedAt !== null) this.#connected++;
    if (call.outcome === 'failed') this.#failedCalls++;
    if (call.outcome === 'dropped') this.#dropped++;
  }

  turn(turn: TurnRecord): void {
    this.#turns++;
    if (turn.status === 'ok') this.#ok++;
    else if (turn.status !== 'cut') this.#failedTurns++;
    const outcome = turn.bargeInOutcome;
    if (outcome === 'stopped' || outcome === 'fell_silent' || outcome === 'not_stopped') {
      this.#bargeIns++;
      if (outcome !== 'not_stopped' && (turn.leftover_audio ?? 0) <= allowedLeftoverMs) this.#bargeInsOk++;
    }
  }

  /** One of the load's requests; one that was cut is neither. */
  request(columns: RequestColumns, i: number): void {
    const outcome = requestOutcomes[columns.outcome[i] ?? 0];
    if (outcome === 'cut') return;
    if (outcome === 'ok') this.#requestsOk++;
    else this.#requestsFailed++;
    this.#checksPassed += columns.checksPassed[i] ?? 0;
    this.#checksFailed += columns.checksFailed[i] ?? 0;
  }

  add(more: Rates): void {
    this.#attempted += more.#attempted;
    this.#connected += more.#connected;
    this.#failedCalls += more.#failedCalls;
    this.#dropped += more.#dropped;
    this.#ok += more.#ok;
    this.#failedTurns += more.#failedTurns;
    this.#turns += more.#turns;
    this.#bargeIns += more.#bargeIns;
    this.#bargeInsOk += more.#bargeInsOk;
    this.#requestsOk += more.#requestsOk;
    this.#requestsFailed += more.#requestsFailed;
    this.#checksPassed += more.#checksPassed;
    this.#checksFailed += more.#checksFailed;
  }

  get finishedTurns(): number {
    return this.#ok + this.#failedTurns;
  }

  get #requests(): number {
    return this.#requestsOk + this.#requestsFailed;
  }

  get connected(): number {
    return this.#connected;
  }

  rate(name: RateMetric): number | null {
    switch (name) {
      case 'connection_success':
        return this.#attempted > 0 ? this.#connected / this.#attempted : null;
      case 'turn_success':
        return this.finishedTurns > 0 ? this.#ok / this.finishedTurns : null;
      case 'barge_in_success':
        return this.#bargeIns > 0 ? this.#bargeInsOk / this.#bargeIns : null;
      case 'request_success':
        return this.#requests > 0 ? this.#requestsOk / this.#requests : null;
      case 'check_success': {
        const checks = this.#checksPassed + this.#checksFailed;
        return checks > 0 ? this.#checksPassed / checks : null;
      }
      case 'error_rate': {
        const all = this.#attempted + this.#turns + this.#requests;
        const failed = this.#failedCalls + this.#dropped + this.#failedTurns + this.#requestsFailed;
        return all > 0 ? failed / all : null;
      }
    }
  }

  all(): RunSummary['rates'] {
    return {
      connection_success: this.rate('connection_success'),
      turn_success: this.rate('turn_success'),
      error_rate: this.rate('error_rate'),
      barge_in_success: this.rate('barge_in_success'),
      request_success: this.rate('request_success'),
      check_success: this.rate('check_success'),
    };
  }
}

/** Calls held are found by a search for the breaking point alone, which judges them itself. */
export function countOf(counts: Counts, name: CountMetric): number | null {
  return name === 'calls_held' ? null : counts[name];
}
