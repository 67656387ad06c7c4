/** The moments of a recorded call on its own time axis, from the stamps of its turns. */
import type { TurnRecord } from '#contract/run';

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
