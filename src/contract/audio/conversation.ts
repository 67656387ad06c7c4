/** A conversation as the studio edits it: the same words as the scenario file's, told in a form a screen can hold. */
import { z } from 'zod';
import { Voice } from '../scenario/file.ts';

/** Most characters of one utterance. */
export const longestText = 5000;
/** Most turns of one conversation. */
export const mostTurns = 1000;

/**
 * One turn on screen: words to speak (`say`) or an audio file (`clip`, relative to the conversation's own file), never
 * both. While it is being written either may be empty.
 */
export const DraftTurn = z.object({
  /** Tells rows apart while they are moved; not stored. */
  key: z.string(),
  say: z.string().nullable(),
  clip: z.string().nullable(),
  name: z.string().max(200).nullable(),
  /** Null: the conversation's. */
  voice: Voice.nullable(),
  /** Null: what the scenario says for all turns. */
  pauseBeforeMs: z.number().min(0).nullable(),
  /** What a turn of the file may have besides (barge_in, timeouts …), handed back unchanged. */
  kept: z.record(z.string(), z.unknown()),
});
export type DraftTurn = z.infer<typeof DraftTurn>;

export const ConversationDraft = z.object({
  name: z.string(),
  weight: z.number().positive(),
  voice: Voice,
  turns: z.array(DraftTurn).max(mostTurns),
});
export type ConversationDraft = z.infer<typeof ConversationDraft>;
