/**
 * A run as the requests Locust would have seen: under the names and by the rules of a pack's locustfile
 * (resources/pack/locustfile.py, docs/packs.md), so that the files of both can be laid side by side.
 */
import type { CallRecord, RunClock, Sample, TurnRecord } from '#contract/run';
import { userRemoved } from '#contract/run';
import type { RequestRecord, RequestStep } from '#contract/requests';
import { requestType } from './headers.ts';

/** Metrics of calls and turns as requests. */
export const requestNames = [
  'barge_in',
  'connect',
  'dropped',
  'frame_lateness',
  'greeting',
  'ttfa',
  'ttfb',
  'turn',
  'turn_success',
] as const;
export type RequestName = (typeof requestNames)[number];

/** One metric's value as a request that ended at `at` (stamp of the run's clock), or a request as it was. */
export interface LocustRequest {
  type: string;
  name: string;
  at: number;
  /** null: it has none, like a connection that was refused. */
  ms: number | null;
  error: string | null;
  /** Size of the answer. */
  bytes: number;
}

/** What the metrics of a call have in common. */
const ofVoice = { type: requestType, bytes: 0 };

/** More than so much of the old answer after its stop is a failed barge-in. */
const allowedLeftoverMs = 200;

function turnEnd(turn: TurnRecord): number {
  return turn.responseEndAt ?? turn.bargeInAt ?? turn.startedAt + (turn.turn_time ?? turn.ttfa ?? 0);
}

/** The requests of a turn. What the headline leaves out (warm-up, a generator that fell behind) has no latencies here either. */
export function requestsOfTurn(turn: TurnRecord): LocustRequest[] {
  const requests: LocustRequest[] = [];
  const add = (name: RequestName, at: number, ms: number | null, error: string | null) => {
    if (ms !== null) requests.push({ ...ofVoice, name, at, ms, error });
  };
  const end = turnEnd(turn);
  const why = turn.error ?? (turn.status === 'ok' ? null : turn.status);
  if (turn.status !== 'cut') add('turn_success', end, Math.max(0, end - turn.startedAt), why);
  if (turn.excluded !== null) return requests;
  const unanswered = turn.timedOut === 'first_byte' ? (why ?? 'first_byte_timeout') : null;
  const answered = turn.firstAudioAt ?? (turn.endOfSpeechAt ?? turn.startedAt) + (turn.ttfa ?? 0);
  add('ttfb', turn.firstMessageAt ?? answered, turn.ttfb, turn.firstMessageAt === null ? unanswered : null);
  add('ttfa', answered, turn.ttfa, unanswered);
  add('turn', end, turn.turn_time, why);
  const stopped = turn.agentSilentAt ?? (turn.bargeInAt ?? end) + (turn.barge_in ?? 0);
  add('barge_in', stopped, turn.barge_in, bargeInError(turn));
  return requests;
}

function bargeInError(turn: TurnRecord): string | null {
  if (turn.bargeInOutcome === 'not_stopped') return 'not_stopped';
  if ((turn.leftover_audio ?? 0) > allowedLeftoverMs)
    return `more than ${allowedLeftoverMs} ms of the old answer followed its stop`;
  return null;
}

/** The requests of a connection attempt. */
export function requestsOfCall(call: CallRecord): LocustRequest[] {
  if (call.error === userRemoved && call.connectedAt === null) return [];
  const requests: LocustRequest[] = [];
  if (call.connectedAt !== null)
    requests.push({ ...ofVoice, name: 'connect', at: call.connectedAt, ms: call.connect, error: null });
  else if (call.outcome === 'failed')
    requests.push({ ...ofVoice, name: 'connect', at: call.endedAt, ms: null, error: call.error ?? 'failed' });
  if (call.greetingMissing)
    requests.push({
      ...ofVoice,
      name: 'greeting',
      at: call.endedAt,
      ms: call.greeting,
      error: 'greeting_missing',
    });
  else if (call.greeting !== null) {
    const at = (call.connectedAt ?? call.startedAt) + call.greeting;
    requests.push({ ...ofVoice, name: 'greeting', at, ms: call.greeting, error: null });
  }
  if (call.outcome === 'dropped') {
    const ms = call.endedAt - (call.connectedAt ?? call.startedAt);
    requests.push({ ...ofVoice, name: 'dropped', at: call.endedAt, ms, error: call.error ?? 'dropped' });
  }
  return requests;
}

/** How late a second's frames were; failed when a call fell behind. */
export function requestsOfSample({ at, generator }: Sample): LocustRequest[] {
  if (generator.latenessP99 === null) return [];
  return [
    {
      ...ofVoice,
      name: 'frame_lateness',
      at,
      ms: Math.max(0, generator.latenessP99),
      error: generator.slipped > 0 ? 'calls fell more than 200 ms behind' : null,
    },
  ];
}

/**
 * A request of a user of kind http or grpc. Locust's time begins when it is sent, and is told of requests that failed too;
 * one that the end of the run cut is none. `steps`: those of the load, by their place.
 */
export function requestsOfRecord(
  record: RequestRecord,
  steps: readonly (RequestStep | undefined)[],
): LocustRequest[] {
  const step = steps[record.step];
  if (step === undefined || record.outcome === 'cut') return [];
  const at = record.intendedAt + (record.request ?? 0);
  const error = record.outcome === 'ok' ? null : (record.error ?? record.outcome);
  const { type } = step;
  // As Locust names it: the method stands in a column of its own.
  const name = step.name.startsWith(`${type} `) ? step.name.slice(type.length + 1) : step.name;
  return [{ type, name, at, ms: record.request_uncorrected, error, bytes: record.bytesReceived }];
}

/** The second of the day a stamp lies in, as Unix time. */
export function unixSecond(stamp: number, { epochMs }: RunClock): number {
  return Math.floor((epochMs + stamp) / 1000);
}
