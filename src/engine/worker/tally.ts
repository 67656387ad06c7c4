/** What a worker counts between two reports. */
import type { CallRecord, ErrorRecord, TurnRecord } from '#contract/run';
import type { WorkerReport } from '../messages.ts';
import { LatenessRecorder } from './lateness.ts';

type Counted =
  | 'callsAttempted'
  | 'callsConnected'
  | 'callsFailed'
  | 'callsDropped'
  | 'framesSent'
  | 'framesReceived'
  | 'bytesSent'
  | 'bytesReceived';

/** An error beyond this many a second is counted under its kind but not kept one by one. */
const maxErrorsPerReport = 500;

export class Tally {
  readonly lateness = new LatenessRecorder();
  callsAttempted = 0;
  callsConnected = 0;
  callsFailed = 0;
  callsDropped = 0;
  framesSent = 0;
  framesReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;
  slipped = 0;
  backpressure = 0;
  bufferedBytes = 0;
  #turns: TurnRecord[] = [];
  #calls: CallRecord[] = [];
  #errors: ErrorRecord[] = [];
  #errorCounts: Record<string, number> = {};
  #measured: WorkerReport['measured'] = emptyMeasured();
  #otherMessages: Record<string, number> = {};

  turn(record: TurnRecord): void {
    this.#turns.push(record);
  }

  call(record: CallRecord): void {
    this.#calls.push(record);
  }

  error(record: ErrorRecord): void {
    this.#errorCounts[record.kind] = (this.#errorCounts[record.kind] ?? 0) + 1;
    if (this.#errors.length < maxErrorsPerReport) this.#errors.push(record);
  }

  measured(metric: keyof WorkerReport['measured'], ms: number): void {
    this.#measured[metric].push(ms);
  }

  other(kind: string): void {
    this.#otherMessages[kind] = (this.#otherMessages[kind] ?? 0) + 1;
  }

  /** Everything since the last call. */
  take(): Omit<WorkerReport, 'at' | 'spanMs' | 'active' | 'connecting' | 'open' | 'health' | 'requests'> &
    Pick<Tally, 'slipped' | 'bufferedBytes'> {
    const taken = {
      lateness: this.lateness.take(),
      turns: this.#turns,
      calls: this.#calls,
      errors: this.#errors,
      errorCounts: this.#errorCounts,
      measured: this.#measured,
      otherMessages: this.#otherMessages,
      slipped: this.slipped,
      backpressure: this.backpressure,
      bufferedBytes: this.bufferedBytes,
    };
    const counted = {} as Record<Counted, number>;
    for (const name of countedNames) {
      counted[name] = this[name];
      this[name] = 0;
    }
    this.#turns = [];
    this.#calls = [];
    this.#errors = [];
    this.#errorCounts = {};
    this.#measured = emptyMeasured();
    this.#otherMessages = {};
    this.slipped = 0;
    this.backpressure = 0;
    this.bufferedBytes = 0;
    return { ...taken, ...counted };
  }
}

function emptyMeasured(): WorkerReport['measured'] {
  return { ttfa: [], barge_in: [], connect: [] };
}

const countedNames: readonly Counted[] = [
  'callsAttempted', 'callsConnected', 'callsFailed', 'callsDropped', 'framesSent', 'framesReceived', 'bytesSent', 'bytesReceived',
]; // prettier-ignore
