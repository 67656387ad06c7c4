/** Every turn as one line of CSV (`--turns`). Columns are found by name and only ever appended. */
import type { RunClock, TurnRecord } from '#contract/run';
import { csvLine } from './csv.ts';

type Cell = string | number | boolean | null;

/** Epoch milliseconds with fractions of a stamp; microseconds are what a double still holds. */
const epoch = (stamp: number | null, clock: RunClock): Cell =>
  stamp === null ? null : (clock.epochMs + stamp).toFixed(3);
const span = (ms: number | null): Cell => (ms === null ? null : ms.toFixed(3));

const columns: readonly [name: string, cell: (turn: TurnRecord, clock: RunClock) => Cell][] = [
  ['call_id', (t) => t.callId],
  ['turn', (t) => t.turn],
  ['started_at_ms', (t, c) => epoch(t.startedAt, c)],
  ['end_of_speech_ms', (t, c) => epoch(t.endOfSpeechAt, c)],
  ['first_message_ms', (t, c) => epoch(t.firstMessageAt, c)],
  ['first_audio_ms', (t, c) => epoch(t.firstAudioAt, c)],
  ['response_end_ms', (t, c) => epoch(t.responseEndAt, c)],
  ['barge_in_at_ms', (t, c) => epoch(t.bargeInAt, c)],
  ['agent_silent_ms', (t, c) => epoch(t.agentSilentAt, c)],
  ['ttfb', (t) => span(t.ttfb)],
  ['ttfa', (t) => span(t.ttfa)],
  ['barge_in', (t) => span(t.barge_in)],
  ['status', (t) => t.status],
  ['error', (t) => t.error],
  ['conversation', (t) => t.conversation],
  ['user', (t) => t.user],
  ['stop_message_ms', (t, c) => epoch(t.stopMessageAt, c)],
  ['leftover_ms', (t) => span(t.leftover_audio)],
  ['barge_in_outcome', (t) => t.bargeInOutcome],
  ['vu', (t) => t.vu],
  ['clip', (t) => t.clip],
  ['onset_ms', (t, c) => epoch(t.onsetAt, c)],
  ['transcript_ms', (t, c) => epoch(t.transcriptAt, c)],
  ['first_audible_ms', (t, c) => epoch(t.firstAudibleAt, c)],
  ['last_audio_ms', (t, c) => epoch(t.lastAudioAt, c)],
  ['ttfa_audible', (t) => span(t.ttfa_audible)],
  ['recognition', (t) => span(t.recognition)],
  ['processing', (t) => span(t.processing)],
  ['response', (t) => span(t.response)],
  ['delivery', (t) => span(t.delivery)],
  ['turn_time', (t) => span(t.turn_time)],
  ['talk_over', (t) => span(t.talk_over)],
  ['underrun', (t) => span(t.underrun)],
  ['underruns', (t) => t.underruns],
  ['late_audio', (t) => span(t.lateAudioMs)],
  ['audio_received', (t) => span(t.audioReceivedMs)],
  ['timed_out', (t) => t.timedOut],
  ['ambiguous', (t) => t.ambiguous],
  ['excluded', (t) => t.excluded],
];

/** Names of the columns in their order. */
export const turnColumns: readonly string[] = columns.map(([name]) => name);

/** The first line. */
export function turnsCsvHeader(): string {
  return csvLine(turnColumns);
}

/** Some turns, a line each. */
export function turnsCsvLines(turns: readonly TurnRecord[], clock: RunClock): string {
  return turns.map((turn) => csvLine(columns.map(([, cell]) => cell(turn, clock)))).join('');
}
