/** The newest turns of a running run, without doubles, whether they came from the history or from a tick. */
import type { TurnRecord } from '#contract/run';

export const bufferedTurns = 2000;

export function turnKey(turn: Pick<TurnRecord, 'callId' | 'turn'>): string {
  return `${turn.callId} ${turn.turn}`;
}

/** Puts new turns (in any order) before the present ones, newest first, at most 2,000. Returns also which were really new. */
export function addTurns(
  present: readonly TurnRecord[],
  incoming: readonly TurnRecord[],
): { turns: TurnRecord[]; added: TurnRecord[] } {
  const known = new Set(present.map(turnKey));
  const added: TurnRecord[] = [];
  for (const turn of incoming) {
    const key = turnKey(turn);
    if (known.has(key)) continue;
    known.add(key);
    added.push(turn);
  }
  const turns = [...added, ...present].sort((a, b) => b.startedAt - a.startedAt).slice(0, bufferedTurns);
  return { turns, added };
}
