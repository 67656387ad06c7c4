/** Which utterances of conversations have no clip yet. */
import { z } from 'zod';
import { longestText } from '#contract/audio/limits';
import { addressOf, utteranceOf, type Utterance } from './address.ts';
import { ClipCache } from './cache.ts';
import type { ClipPlace } from './names.ts';
import { searchedFolders, type PlacedConversation } from './turnAudio.ts';

/** One clip to be spoken, or why it cannot be. */
export interface WantedClip {
  conversation: string;
  /** From 1. */
  turn: number;
  utterance: Utterance;
  /** Null: an interruption, which is no turn, so its words name it. */
  place: ClipPlace | null;
  problem: string | null;
}

const Interruption = z.object({ say: z.string().trim().min(1) });

function wordsProblem(text: string): string | null {
  if (text === '') return 'the turn has no words; write some, or give it an audio file';
  if (text.length <= longestText) return null;
  return `the turn has ${text.length} characters; at most ${longestText} can be spoken at once, so split it into several turns`;
}

/** Everything a conversation wants spoken, in its order. */
export function wantedOf({ draft }: PlacedConversation, maxTurns: number): WantedClip[] {
  const turns = draft.turns.slice(0, maxTurns);
  return turns.flatMap((turn, i) => {
    const base = { conversation: draft.name, turn: i + 1 };
    const voice = turn.voice ?? draft.voice;
    const wanted: WantedClip[] = [];
    if ((turn.clip?.trim() ?? '') === '') {
      const utterance = utteranceOf(turn.say ?? '', voice);
      const place = { ...base, turns: turns.length };
      wanted.push({ ...base, utterance, place, problem: wordsProblem(utterance.text) });
    }
    const interruption = Interruption.safeParse(turn.kept.barge_in);
    if (interruption.success) {
      const utterance = utteranceOf(interruption.data.say, voice);
      wanted.push({ ...base, utterance, place: null, problem: wordsProblem(utterance.text) });
    }
    return wanted;
  });
}

/** What is missing in the conversations, each utterance once, and how many have their clip. `shared`: folders of every conversation. */
export async function missingClips(
  conversations: readonly PlacedConversation[],
  maxTurns: number,
  shared: readonly string[],
): Promise<{ missing: WantedClip[]; ready: number }> {
  const ready = new Set<string>();
  const missing = new Map<string, WantedClip>();
  const unspeakable: WantedClip[] = [];
  for (const conversation of conversations) {
    const cache = new ClipCache(searchedFolders(conversation, shared));
    for (const wanted of wantedOf(conversation, maxTurns)) {
      const address = addressOf(wanted.utterance);
      if (wanted.problem !== null) unspeakable.push(wanted);
      else if (missing.has(address)) continue;
      else if ((await cache.find(wanted.utterance)) === null) missing.set(address, wanted);
      else ready.add(address);
    }
  }
  for (const address of missing.keys()) ready.delete(address);
  return { missing: [...unspeakable, ...missing.values()], ready: ready.size };
}
