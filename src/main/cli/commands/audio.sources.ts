/** What a generation is about: the conversations of the files that were named, and the voice that speaks them. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CrosstalkError, ok, type Result } from '#contract/errors';
import { Voice } from '#contract/scenario/file';
import { valueAt } from '#contract/scenario/shape';
import { conversationsIn } from '#contract/scenario/users';
import type { PlacedConversation } from '../../audio/turnAudio.ts';
import { offlineVoices } from '../../audio/voices/offline/messages.ts';
import { conversationError, parseConversation } from '../../conversations/conversationText.ts';
import { draftOf } from '../../conversations/draft.ts';
import { checkScenario } from '../../scenarios/check.ts';
import { listScenarios } from '../../scenarios/index.ts';
import { problemsError } from '../../scenarios/problems.ts';
import { parseScenarioText, readScenarioText, valueOf } from '../../scenarios/source.ts';
import { usage } from '../exit.ts';
import type { AudioGenerateOptions } from './audio.options.ts';

/** The conversations of a scenario or of a conversation's own file. */
async function conversationsOf(file: string): Promise<Result<PlacedConversation[]>> {
  const text = await readScenarioText(file);
  if (!text.ok) return text;
  const folder = dirname(resolve(file));
  const parsed = parseScenarioText(file, text.value);
  if ('problems' in parsed) return problemsError(parsed.problems);
  const read = valueOf(parsed.source);
  const value = 'value' in read ? read.value : undefined;
  if (isConversation(value)) {
    const own = parseConversation(file, text.value);
    if ('problems' in own) return conversationError(own.problems);
    return ok([{ draft: draftOf(own.parsed.conversation, own.parsed.raw), folder }]);
  }
  const checked = checkScenario(parsed.source);
  if ('problems' in checked) return problemsError(checked.problems);
  const { users, audio } = checked.file;
  const cache = audio.cache === undefined ? null : resolve(folder, audio.cache);
  return ok(
    users.flatMap((user, i) =>
      conversationsIn(user).map((conversation, j) => {
        const raw = valueAt(value, ['users', i, 'conversations', j]);
        return { draft: draftOf(conversation, raw), folder, cache };
      }),
    ),
  );
}

function isConversation(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('users' in value) &&
    ('turns' in value || 'clips' in value)
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

function spokenBy(conversation: PlacedConversation, voice: Voice): PlacedConversation {
  const { draft } = conversation;
  const turns = draft.turns.map((turn) => ({ ...turn, voice: null }));
  return { ...conversation, draft: { ...draft, voice, turns } };
}

export interface NamedConversations {
  conversations: PlacedConversation[];
  /** Files that were passed over, and why; only where none was named. */
  passedOver: string[];
}

/** Gathers what is meant. Throws for a file that was named and is wrong, and for a conversation nobody has. */
export async function namedConversations(
  files: readonly string[],
  options: AudioGenerateOptions,
  workspace: string,
): Promise<NamedConversations> {
  const voice = voiceOfOptions(options);
  const passedOver: string[] = [];
  const found: PlacedConversation[] = [];
  for (const file of files.length > 0 ? files : await everyFile(workspace)) {
    const read = await conversationsOf(file);
    if (read.ok) found.push(...read.value);
    else if (files.length > 0) throw new CrosstalkError(read.error);
    else passedOver.push(read.error.message);
  }
  const known = [...new Set(found.map(({ draft }) => draft.name))];
  const names = options.scenarios ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
    throw usage(
      `No conversation is called ${unknown.map((name) => JSON.stringify(name)).join(' or ')}; ${there}.`,
    );
  }
  const meant = found.filter(({ draft }) => names.includes(draft.name));
  return { conversations: voice === null ? meant : meant.map((one) => spokenBy(one, voice)), passedOver };
}
