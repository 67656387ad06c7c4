/** The audio of a conversation's turns by the key of the turn. */
import type { TurnAudio } from '#contract/api/clips';
import type { ConversationDraft } from '#contract/audio/conversation';

export const noAudio: ReadonlyMap<string, TurnAudio> = new Map();

/** What was answered for a draft. What is the same as before stays the same object, so that its row is not drawn again. */
export function audioByKey(
  draft: ConversationDraft,
  answered: readonly TurnAudio[],
  before: ReadonlyMap<string, TurnAudio>,
): ReadonlyMap<string, TurnAudio> {
  return new Map(
    draft.turns.flatMap((turn, i) => {
      const audio = answered[i];
      if (!audio) return [];
      const old = before.get(turn.key);
      return [[turn.key, old && sameAudio(old, audio) ? old : audio] as const];
    }),
  );
}

/** How many of them are in a state. */
export function countState(audio: ReadonlyMap<string, TurnAudio>, state: TurnAudio['state']): number {
  let count = 0;
  for (const turn of audio.values()) if (turn.state === state) count += 1;
  return count;
}

function sameAudio(a: TurnAudio, b: TurnAudio): boolean {
  return (
    a.state === b.state &&
    a.problem === b.problem &&
    a.clip?.id === b.clip?.id &&
    a.clip?.durationMs === b.clip?.durationMs &&
    a.peaks.length === b.peaks.length &&
    a.peaks.every((peak, i) => peak === b.peaks[i])
  );
}
