/** What a generation is about: every utterance of the conversations that were named, with where its clip may lie. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CrosstalkError, ok, type Result } from '#contract/errors';
import { Voice, type Conversation } from '#contract/scenario/file';
import { addressOf, utteranceOf, type Utterance } from '../../audio/address.ts';
import type { ClipPlace } from '../../audio/names.ts';
import { offlineVoices } from '../../audio/voices/offline/messages.ts';
import { conversationError, parseConversation } from '../../conversations/conversationText.ts';
import { bundled } from '../../entries.ts';
import { checkScenario } from '../../scenarios/check.ts';
import { listScenarios } from '../../scenarios/index.ts';
import { cacheFolders } from '../../scenarios/prepare.ts';
import { problemsError } from '../../scenarios/problems.ts';
import { parseScenarioText, readScenarioText, valueOf } from '../../scenarios/source.ts';
import { usage } from '../exit.ts';
import type { AudioGenerateOptions } from './audio.options.ts';

/** One clip that a conversation needs. */
export interface WantedClip {
  utterance: Utterance;
  conversation: string;
  /** From 1. */
  turn: number;
  /** Null: it is no turn (words of an interruption), so its words name it. */
  place: ClipPlace | null;
  /** For each file that wants it: the folders that may have it, in order. */
  searched: string[][];
}

interface ConversationOfFile {
  conversation: Conversation;
  folders: string[];
}

/** The conversations of a scenario or of a conversation's own file. */
async function conversationsOf(file: string, workspaceCache: string): Promise<Result<ConversationOfFile[]>> {
  const text = await readScenarioText(file);
  if (!text.ok) return text;
  const folder = dirname(resolve(file));
  const parsed = parseScenarioText(file, text.value);
  if ('problems' in parsed) return problemsError(parsed.problems);
  const read = valueOf(parsed.source);
  const value = 'value' in read ? read.value : undefined;
  if (typeof value === 'object' && value !== null && 'turns' in value && !('users' in value)) {
    const own = parseConversation(file, text.value);
    if ('problems' in own) return conversationError(own.problems);
    const folders = [join(folder, 'audio_cache'), bundled('audio_cache'), workspaceCache];
    return ok([{ conversation: own.parsed.conversation, folders }]);
  }
  const checked = checkScenario(parsed.source);
  if ('problems' in checked) return problemsError(checked.problems);
  const folders = cacheFolders(checked.file, folder, workspaceCache);
  return ok(
    checked.file.users.flatMap((user) =>
      user.conversations.map((conversation) => ({ conversation, folders })),
    ),
  );
}

/** Files that stand for "everything": the bundled scenarios, those of the workspace, and the studio's conversations. */
async function everyFile(workspace: string): Promise<string[]> {
  const scenarios = await listScenarios(workspace);
  const library = join(workspace, 'conversations');
  const own = await readdir(library).catch(() => []);
  return [
    ...(scenarios.ok ? scenarios.value.map((entry) => entry.path) : []),
    ...own.filter((name) => /^[^.].*\.ya?ml$/i.test(name)).map((name) => join(library, name)),
  ];
}

/** The voice that speaks in place of those of the files; null: theirs. */
export function voiceOfOptions({ voice, provider }: AudioGenerateOptions): Voice | null {
  if (voice === undefined && provider === undefined) return null;
  const offline: readonly string[] = offlineVoices;
  const meant = provider ?? (voice !== undefined && offline.includes(voice) ? 'offline' : 'azure');
  if (meant === 'offline' && voice !== undefined && !offline.includes(voice))
    throw usage(`The offline provider has no voice ${JSON.stringify(voice)}; it has ${offline.join(', ')}.`);
  const parsed = Voice.safeParse({ provider: meant, ...(voice === undefined ? {} : { name: voice }) });
  if (!parsed.success) throw usage(`There is no voice ${JSON.stringify(voice)} of ${meant}.`);
  return parsed.data;
}

function wantedOf(
  { conversation, folders }: ConversationOfFile,
  maxTurns: number,
  voice: Voice | null,
): WantedClip[] {
  const turns = (conversation.turns ?? []).slice(0, maxTurns);
  return turns.flatMap((turn, i) => {
    const speaker = voice ?? turn.voice ?? conversation.voice;
    const base = { conversation: conversation.name, turn: i + 1, searched: [folders] };
    const place = { conversation: conversation.name, turn: i + 1, turns: turns.length };
    const clips: WantedClip[] = [];
    if (turn.say !== undefined) clips.push({ ...base, utterance: utteranceOf(turn.say, speaker), place });
    if (turn.barge_in?.say !== undefined)
      clips.push({ ...base, utterance: utteranceOf(turn.barge_in.say, speaker), place: null });
    return clips;
  });
}

export interface Wanted {
  /** Each clip once. */
  clips: WantedClip[];
  /** Names of all conversations that are meant. */
  conversations: string[];
  /** Files that were passed over, and why; only where none was named. */
  passedOver: string[];
}

/** Gathers what is wanted. Throws for a file that was named and is wrong, and for a conversation nobody has. */
export async function gatherWanted(
  files: readonly string[],
  options: AudioGenerateOptions,
  workspace: string,
): Promise<Wanted> {
  const workspaceCache = join(workspace, 'audio_cache');
  const voice = voiceOfOptions(options);
  const passedOver: string[] = [];
  const found: ConversationOfFile[] = [];
  for (const file of files.length > 0 ? files : await everyFile(workspace)) {
    const read = await conversationsOf(file, workspaceCache);
    if (read.ok) found.push(...read.value);
    else if (files.length > 0) throw new CrosstalkError(read.error);
    else passedOver.push(read.error.message);
  }
  const known = [...new Set(found.map(({ conversation }) => conversation.name))];
  const names = options.scenarios ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
    throw usage(
      `No conversation is called ${unknown.map((name) => JSON.stringify(name)).join(' or ')}; ${there}.`,
    );
  }
  const clips = new Map<string, WantedClip>();
  for (const one of found) {
    if (!names.includes(one.conversation.name)) continue;
    for (const clip of wantedOf(one, options.maxTurns ?? Number.POSITIVE_INFINITY, voice)) {
      const address = addressOf(clip.utterance);
      const before = clips.get(address);
      if (before) before.searched.push(...clip.searched);
      else clips.set(address, clip);
    }
  }
  return { clips: [...clips.values()], conversations: names, passedOver };
}
