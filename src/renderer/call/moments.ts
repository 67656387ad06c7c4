/** The moments of a call on its own time axis, from the stamps of its turns. */
import type { RecordedCall } from '#contract/recording';
import type { CallRecord, TurnRecord } from '#contract/run';

export type MomentKind = 'end_of_speech' | 'first_audio' | 'barge_in' | 'stop';
export type Lane = 'caller' | 'agent';

export interface Moment {
  kind: MomentKind;
  lane: Lane;
  /** Number of the turn within its call. */
  turn: number;
  /** Since the first sample of the recording. */
  atMs: number;
}

/** A stretch that was measured. */
export interface Gap {
  kind: 'ttfa' | 'barge_in';
  turn: number;
  fromMs: number;
  toMs: number;
  /** As it was measured. */
  ms: number;
}

export const momentGlyphs: Record<MomentKind, string> = {
  end_of_speech: '▼',
  first_audio: '▲',
  barge_in: '✕',
  stop: '■',
};

export const momentWords: Record<MomentKind, string> = {
  end_of_speech: 'end of speech',
  first_audio: 'first audio of the answer',
  barge_in: 'barge-in: the caller interrupts',
  stop: 'stop message of the agent',
};

/** Which side a moment belongs to: who speaks falls silent or interrupts, and what the agent does about it. */
const laneOf: Record<MomentKind, Lane> = {
  end_of_speech: 'caller',
  first_audio: 'agent',
  barge_in: 'caller',
  stop: 'agent',
};

/** Moments in order of time. `startedAt` is the stamp of the recording's first sample. */
export function momentsOf(turns: readonly TurnRecord[], startedAt: number): Moment[] {
  const moments: Moment[] = [];
  for (const turn of turns) {
    const stamps: Record<MomentKind, number | null> = {
      end_of_speech: turn.endOfSpeechAt,
      first_audio: turn.firstAudioAt,
      barge_in: turn.bargeInAt,
      stop: turn.stopMessageAt,
    };
    for (const kind of ['end_of_speech', 'first_audio', 'barge_in', 'stop'] as const) {
      const at = stamps[kind];
      if (at !== null) moments.push({ kind, lane: laneOf[kind], turn: turn.turn, atMs: at - startedAt });
    }
  }
  return moments.sort((a, b) => a.atMs - b.atMs);
}

/** What was measured between moments, in order of time: from end of speech to first audio, from barge-in to silence. */
export function gapsOf(turns: readonly TurnRecord[], startedAt: number): Gap[] {
  const gaps: Gap[] = [];
  const add = (kind: Gap['kind'], turn: TurnRecord, from: number | null, ms: number | null) => {
    if (from === null || ms === null) return;
    const fromMs = from - startedAt;
    gaps.push({ kind, turn: turn.turn, fromMs, toMs: fromMs + ms, ms });
  };
  for (const turn of turns) {
    add('ttfa', turn, turn.endOfSpeechAt, turn.ttfa);
    add('barge_in', turn, turn.bargeInAt, turn.barge_in);
  }
  return gaps.sort((a, b) => a.fromMs - b.fromMs);
}

/** A stretch in which one side spoke. */
export interface Spoken {
  lane: Lane;
  turn: number;
  fromMs: number;
  toMs: number;
  /** What was said, of the caller; of the agent null. */
  text: string | null;
  /** Whether its end is known: else it is drawn to where the next thing happened. */
  ended: boolean;
}

const shortest = 1000;

/** Where the axis of a call begins (a stamp) and how long it is: the recording, else the connection, else its turns. */
export function extentOf({
  record,
  recorded,
  turns,
}: {
  record: Pick<CallRecord, 'startedAt' | 'endedAt'> | null;
  recorded: Pick<RecordedCall, 'startedAt' | 'durationMs'> | null;
  turns: readonly TurnRecord[];
}): { startedAt: number; durationMs: number } {
  if (recorded) return { startedAt: recorded.startedAt, durationMs: recorded.durationMs };
  const stamps = turns.flatMap((turn) =>
    [turn.startedAt, turn.endOfSpeechAt, turn.lastAudioAt, turn.responseEndAt, turn.agentSilentAt].filter(
      (at) => at !== null,
    ),
  );
  const startedAt = record?.startedAt ?? Math.min(...stamps, ...(stamps.length > 0 ? [] : [0]));
  const endedAt = Math.max(record?.endedAt ?? startedAt, ...stamps);
  return { startedAt, durationMs: Math.max(shortest, endedAt - startedAt) };
}

/**
 * Who spoke when, by what was measured: the caller from the onset of the speech to its end, the agent from the first audio of an
 * answer until it fell silent or the answer's end. In order of time.
 */
export function spokenIn(turns: readonly TurnRecord[], startedAt: number): Spoken[] {
  const ordered = turns.toSorted((a, b) => a.startedAt - b.startedAt);
  return ordered
    .flatMap((turn, i): Spoken[] => {
      const next = ordered[i + 1]?.startedAt ?? null;
      const caller = stretch('caller', turn.onsetAt ?? turn.startedAt, turn.endOfSpeechAt);
      const silent = turn.agentSilentAt !== null && turn.agentSilentAt > (turn.firstAudioAt ?? Infinity);
      const end = silent ? turn.agentSilentAt : (turn.responseEndAt ?? turn.lastAudioAt);
      return [...caller, ...stretch('agent', turn.firstAudioAt, end)];

      function stretch(lane: Lane, from: number | null, to: number | null): Spoken[] {
        if (from === null) return [];
        const until = Math.max(from, to ?? next ?? from);
        const text = lane === 'caller' ? turn.clip : null;
        const [fromMs, toMs] = [from - startedAt, until - startedAt];
        return [{ lane, turn: turn.turn, fromMs, toMs, text, ended: to !== null }];
      }
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}
