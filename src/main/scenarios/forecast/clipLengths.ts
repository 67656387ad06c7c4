/** How long utterances are: measured where there is a clip, else as long as such words usually take. Nothing is spoken or decoded. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Conversation, Turn, Voice } from '#contract/scenario/file';
import { utteranceOf } from '../../audio/address.ts';
import type { ClipCache } from '../../audio/cache.ts';
import { readStretch } from '../../audio/clipFile.ts';
import { isClipName } from '../../audio/names.ts';
import { clipSampleRate } from '../../audio/voices/voice.ts';

/** Of the bundled clips: words take so long a character, digits (read out one by one) so much more each, ms. */
const msPerCharacter = 61;
const msPerDigit = 370;

/** How long words take to be spoken, about, ms. */
export function estimatedSpeechMs(text: string): number {
  const digits = text.match(/\d/g)?.length ?? 0;
  return text.trim().length * msPerCharacter + digits * msPerDigit;
}

const known = new Map<string, { stamp: string; ms: number | null }>();
const mostKnown = 20_000;

/** Length of a clip's file; null when it is not there or no clip. */
async function lengthOfFile(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  if (!found) return null;
  const stamp = `${found.mtimeMs} ${found.size} ${found.ino}`;
  const before = known.get(path);
  if (before?.stamp === stamp) return before.ms;
  const read = await readStretch(path, 0, 0);
  const ms = read.ok ? (read.value.total / clipSampleRate) * 1000 : null;
  if (known.size >= mostKnown) known.clear();
  known.set(path, { stamp, ms });
  return ms;
}

export interface ClipPlaces {
  /** The scenario's own folder: relative paths begin here. */
  folder: string;
  cache: ClipCache;
}

/** Length of what is said in a turn or an interruption, ms; null when it says nothing of its own. */
export async function utteranceMs(
  part: { say?: string | undefined; clip?: string | undefined },
  voice: Voice,
  { folder, cache }: ClipPlaces,
): Promise<number | null> {
  if (part.clip !== undefined) return (await lengthOfFile(resolve(folder, part.clip))) ?? 0;
  if (part.say === undefined) return null;
  const clip = await cache.find(utteranceOf(part.say, voice));
  return (clip === null ? null : await lengthOfFile(clip)) ?? estimatedSpeechMs(part.say);
}

/** A turn with how long its utterances are, ms. */
export interface TimedTurn {
  /** As written; null for a turn of a `clips` folder. */
  turn: Turn | null;
  ms: number;
  /** Of an interruption with words of its own; null where there is none. */
  bargeInMs: number | null;
}

/** The turns of a conversation with their lengths. */
export async function timedTurns(conversation: Conversation, places: ClipPlaces): Promise<TimedTurn[]> {
  if (conversation.clips !== undefined) {
    const folder = resolve(places.folder, conversation.clips);
    const names = (await readdir(folder).catch(() => [])).filter(isClipName);
    const lengths = await Promise.all(names.map((name) => lengthOfFile(join(folder, name))));
    return lengths.map((ms) => ({ turn: null, ms: ms ?? 0, bargeInMs: null }));
  }
  const timed: TimedTurn[] = [];
  for (const turn of conversation.turns ?? []) {
    const voice = turn.voice ?? conversation.voice;
    const own = turn.barge_in ? await utteranceMs(turn.barge_in, voice, places) : null;
    timed.push({ turn, ms: (await utteranceMs(turn, voice, places)) ?? 0, bargeInMs: own });
  }
  return timed;
}
