/** A conversation on a time axis: before each turn its pause, after it a gap in which the agent would answer. */

/** One turn to be heard; a turn without audio is left out of the sound and keeps its pause. */
export interface TimelineTurn {
  pauseBeforeMs: number;
  clipMs: number;
}

export interface TurnSpan {
  /** Where the pause before the turn begins. */
  startMs: number;
  /** Where the caller begins and ends to speak. */
  speechMs: number;
  speechEndMs: number;
  /** Where the agent's gap ends and the next turn's pause begins. */
  endMs: number;
}

export interface Timeline {
  spans: TurnSpan[];
  durationMs: number;
}

/** Lays the turns out one after the other, with `agentMs` for the agent between two of them; the last ends with its speech. */
export function layOut(turns: readonly TimelineTurn[], agentMs: number): Timeline {
  const spans: TurnSpan[] = [];
  let at = 0;
  for (const [i, turn] of turns.entries()) {
    const speechMs = at + turn.pauseBeforeMs;
    const speechEndMs = speechMs + turn.clipMs;
    const endMs = speechEndMs + (i < turns.length - 1 ? agentMs : 0);
    spans.push({ startMs: at, speechMs, speechEndMs, endMs });
    at = endMs;
  }
  return { spans, durationMs: at };
}

/** Index of the turn a moment belongs to; null when there is no turn. */
export function turnAt(timeline: Timeline, ms: number): number | null {
  if (timeline.spans.length === 0) return null;
  const next = timeline.spans.findIndex((span) => ms < span.endMs);
  return next < 0 ? timeline.spans.length - 1 : next;
}

export type TimelinePhase = 'pause' | 'caller' | 'agent';

/** What is heard at a moment: the pause before a turn, the caller, or the gap for the agent. */
export function phaseAt(timeline: Timeline, ms: number): TimelinePhase | null {
  const turn = turnAt(timeline, ms);
  const span = turn === null ? undefined : timeline.spans[turn];
  if (!span) return null;
  return ms < span.speechMs ? 'pause' : ms < span.speechEndMs ? 'caller' : 'agent';
}
