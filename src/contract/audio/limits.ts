/** What a conversation may hold at most. Without schemas, so that a screen can use the numbers. */

/** Most characters of one utterance. */
export const longestText = 5000;
/** Most turns of one conversation. */
export const mostTurns = 1000;
