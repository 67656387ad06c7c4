/** A conversation as the studio edits it: the same words as the scenario file's, told in a form a screen can hold. */
import { z } from 'zod';
import { Conversation, Voice } from '../scenario/file.ts';
import { longestText, mostTurns } from './limits.ts';

export { longestText, mostTurns };

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
  turns: z.array(DraftTurn).max(mostTurns, `a conversation has at most ${mostTurns} turns`),
});
export type ConversationDraft = z.infer<typeof ConversationDraft>;

/** A conversation in a file of its own: exactly what a scenario's conversation may have, and the version of the format. */
export const ConversationFile = Conversation.safeExtend({
  version: z.literal(1, {
    error: 'must be 1, the version of the conversation format this program reads',
  }),
});
