/** What clips are called: `insurance_inquiry_turn_1_of_5_abc123.pcm` where the place in a conversation is known. */

/** Where an utterance stands: turn `turn` of `turns`, from 1. */
export interface ClipPlace {
  conversation: string;
  turn: number;
  turns: number;
}

const longestConversation = 60;
const longestWords = 40;

/** Letters a to z, digits and underscores: the same on every file system, and never a name that Windows keeps for itself once something follows. */
function slug(text: string, longest: number): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, longest + 1)
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, longest);
}

/**
 * Names for a clip, the wanted one first; the others, with more of its address, are for when the name is taken by another
 * clip. `address` is 64 hex digits, so the last one is the clip's alone.
 */
export function* clipNames(address: string, text: string, place: ClipPlace | null): Generator<string> {
  const base = place
    ? `${slug(place.conversation, longestConversation) || 'conversation'}_turn_${place.turn}_of_${place.turns}`
    : slug(text, longestWords) || 'clip';
  for (const digits of place ? [6, 12, 24, 64] : [12, 24, 64])
    yield `${base}_${address.slice(0, digits)}.pcm`;
}

/** What a file's name alone says: the place, in the words of this program or of the original tool (`quick-question-turn-1-of-3_ab12….pcm`). */
export function placeOfName(filename: string): ClipPlace | null {
  const found = /^(.+?)[-_ ]turn[-_ ](\d{1,4})[-_ ]of[-_ ](\d{1,4})(?:[-_. ].*)?$/i.exec(filename);
  const [, conversation, turn, turns] = found ?? [];
  if (conversation === undefined) return null;
  const place = { conversation: conversation.replaceAll('-', '_'), turn: Number(turn), turns: Number(turns) };
  return place.turn >= 1 && place.turn <= place.turns ? place : null;
}

/** Whether a name stands for a file in the folder itself, on every system. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\:\p{Cc}]/u.test(name);
}

/** Whether a file is taken for audio. */
export function isClipName(name: string): boolean {
  return /\.(?:pcm|wav)$/i.test(name) && !name.startsWith('.');
}
