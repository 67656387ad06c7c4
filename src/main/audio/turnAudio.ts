/** The audio of a conversation's turns as it stands. */
import { join, resolve } from 'node:path';
import type { TurnAudio } from '#contract/api/clips';
import type { ConversationDraft, DraftTurn } from '#contract/audio/conversation';
import { longestText } from '#contract/audio/limits';
import type { AppError } from '#contract/errors';
import { utteranceOf } from './address.ts';
import type { ClipCache } from './cache.ts';
import { severalAtATime } from './several.ts';
import type { ClipShelf } from './shelf.ts';

/** A conversation, and where its clips are. */
export interface PlacedConversation {
  draft: ConversationDraft;
  /** Absolute folder of its file: relative paths begin there. */
  folder: string;
  /** A folder of clips of its own; left out: `audio_cache` beside its file. */
  cache?: string | null;
}

/** Folders that are searched for the clips of a conversation, in order. `shared`: those of every conversation. */
export function searchedFolders(
  { folder, cache }: Pick<PlacedConversation, 'folder' | 'cache'>,
  shared: readonly string[],
): string[] {
  return [cache ?? join(folder, 'audio_cache'), ...shared];
}

const atATime = 4;

function without(state: TurnAudio['state'], problem: string | null = null): TurnAudio {
  return { state, clip: null, problem, peaks: [] };
}

export interface TurnAudioOptions {
  shelf: ClipShelf;
  cache: ClipCache;
}

/** One after the other of the turns, a few at a time. */
export async function audioOfTurns(
  conversation: PlacedConversation,
  options: TurnAudioOptions,
): Promise<TurnAudio[]> {
  const { draft } = conversation;
  const turns: TurnAudio[] = draft.turns.map(() => without('empty'));
  await severalAtATime(draft.turns.entries(), atATime, async ([i, turn]) => {
    turns[i] = await audioOfTurn(turn, conversation, options);
  });
  return turns;
}

async function audioOfTurn(
  turn: DraftTurn,
  { draft, folder }: PlacedConversation,
  { shelf, cache }: TurnAudioOptions,
): Promise<TurnAudio> {
  const clip = turn.clip?.trim() ?? '';
  if (clip !== '') {
    const path = resolve(folder, clip);
    if (shelf.mayShow(path)) return await seen(path, shelf);
    return without(
      'broken',
      `${clip} is not a .pcm or .wav file of the workspace; import it, or verify its folder first.`,
    );
  }
  const words = turn.say?.trim() ?? '';
  if (words === '') return without('empty');
  if (words.length > longestText)
    return without(
      'broken',
      `The turn has ${words.length} characters; at most ${longestText} can be spoken at once, so split it.`,
    );
  const found = await cache.find(utteranceOf(words, turn.voice ?? draft.voice));
  return found === null ? without('missing') : await seen(found, shelf);
}

/** What is wrong with a clip's file, and what to do with its turn. */
function sentence({ code, message }: AppError, path: string): string {
  if (code === 'clip_missing')
    return `There is no file ${path}; put it there, or give the turn a recording or words.`;
  return code === 'clip_format' ? `${message}; import it as a recording, which converts it.` : `${message}.`;
}

async function seen(path: string, shelf: ClipShelf): Promise<TurnAudio> {
  const looked = await shelf.look(path);
  if (!looked.ok) return without('broken', sentence(looked.error, path));
  const { facts, measures } = looked.value;
  const silent = measures.speech === null;
  return {
    state: silent ? 'broken' : 'ready',
    clip: facts,
    problem: silent ? `${path} is silent: nothing in it can be heard.` : null,
    peaks: measures.outline,
  };
}
