/** The tables of what a run consists of. */
import type { CallRecord, ErrorRecord, TurnRecord } from '#contract/run';
import type { Columns } from './columns.ts';
import { RecordTable } from './columns.ts';

/** How the turns of a run are written; kept with the run. */
export type TurnForm = 1 | 2;
export const newestTurnForm: TurnForm = 2;

const everySpan: Columns<TurnRecord> = {
  callId: 'text',
  turn: 'plain',
  vu: 'plain',
  user: 'text',
  conversation: 'text',
  clip: 'text',
  status: 'plain',
  startedAt: 'first',
  onsetAt: 'stamp',
  endOfSpeechAt: 'stamp',
  firstMessageAt: 'stamp',
  transcriptAt: 'stamp',
  firstAudioAt: 'stamp',
  firstAudibleAt: 'stamp',
  lastAudioAt: 'stamp',
  responseEndAt: 'stamp',
  bargeInAt: 'stamp',
  agentSilentAt: 'stamp',
  stopMessageAt: 'stamp',
  ttfb: 'span',
  ttfa: 'span',
  ttfa_audible: 'span',
  recognition: 'span',
  processing: 'span',
  response: 'span',
  delivery: 'span',
  turn_time: 'span',
  barge_in: 'span',
  leftover_audio: 'span',
  talk_over: 'span',
  underrun: 'span',
  underruns: 'plain',
  lateAudioMs: 'span',
  audioReceivedMs: 'span',
  bargeInOutcome: 'plain',
  timedOut: 'plain',
  ambiguous: 'flag',
  excluded: 'plain',
  error: 'text',
};

/** What follows from the stamps is written as what differs. `ttfa` and `barge_in` stay: they are sorted by. */
const whatDiffers: Columns<TurnRecord> = {
  ...everySpan,
  transcriptAt: { near: 'firstMessageAt' },
  firstAudibleAt: { near: 'firstAudioAt' },
  stopMessageAt: { near: 'agentSilentAt' },
  ttfb: { between: ['endOfSpeechAt', 'firstMessageAt'] },
  ttfa_audible: { between: ['endOfSpeechAt', 'firstAudibleAt'] },
  recognition: { between: ['endOfSpeechAt', 'transcriptAt'] },
  processing: { between: ['transcriptAt', 'firstAudioAt'] },
  response: { between: ['firstAudioAt', 'responseEndAt'] },
  delivery: { between: ['firstAudioAt', 'lastAudioAt'] },
  turn_time: { between: ['endOfSpeechAt', 'responseEndAt'] },
};

const turnTables: Record<TurnForm, RecordTable<TurnRecord>> = {
  1: new RecordTable('turns', everySpan),
  2: new RecordTable('turns', whatDiffers),
};

/** The turns of a run whose `turn_form` this is. */
export function turnTable(form: number): RecordTable<TurnRecord> {
  return turnTables[form === 1 ? 1 : 2];
}

export const callTable = new RecordTable<CallRecord>('calls', {
  callId: 'text',
  vu: 'plain',
  user: 'text',
  attempt: 'plain',
  outcome: 'plain',
  startedAt: 'first',
  connectedAt: 'stamp',
  endedAt: 'stamp',
  connect: 'span',
  dns: 'span',
  tcp: 'span',
  tls: 'span',
  upgrade: 'span',
  greeting: 'span',
  greetingMissing: 'flag',
  turns: 'plain',
  framesSent: 'plain',
  framesReceived: 'plain',
  continuousAgent: 'flag',
  stopIdle: 'plain',
  cutShort: 'plain',
  slipped: 'plain',
  closeCode: 'plain',
  error: 'text',
});

export const errorTable = new RecordTable<ErrorRecord>('errors', {
  at: 'first',
  kind: 'text',
  message: 'text',
  callId: 'text',
  turn: 'plain',
  vu: 'plain',
});
