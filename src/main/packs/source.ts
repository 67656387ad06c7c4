/** What a pack is made of: a scenario's conversations, or conversations of the studio with a scenario put around them. */
import { dirname, resolve } from 'node:path';
import type { PackInput } from '#contract/api/packs';
import { parseWithSentences } from '#contract/scenario/explain';
import { fail, ok, type Result } from '#contract/errors';
import { practiceEnvironment, ScenarioFile } from '#contract/scenario/file';
import type { Conversation, VoiceUser } from '#contract/scenario/file';
import { requestUsersOf, voiceUsersOf } from '#contract/scenario/users';
import { withClips } from '../conversations/clipPaths.ts';
import { conversationValue, wholeDraft } from '../conversations/draft.ts';
import type { FoundConversation } from '../conversations/library.ts';
import { checkScenario, placeProblem } from '../scenarios/check.ts';
import { thresholdsFor } from '../scenarios/latency.ts';
import { NamedEnvironment } from '../scenarios/namedEnvironment.ts';
import { cacheFolders } from '../scenarios/prepare.ts';
import { formatProblem, problemsError } from '../scenarios/problems.ts';
import { parseScenarioText } from '../scenarios/source.ts';

/** Where scenarios and conversations are found. */
export interface PackSources {
  /** The text of a scenario by its path. */
  scenario(path: string): Promise<Result<{ path: string; yaml: string }>>;
  conversation(id: string): Promise<Result<FoundConversation>>;
  /** The workspace's own folder of clips. */
  workspaceCache: string;
}

/** A scenario cut down to what goes into the pack. */
export interface PackSource {
  file: ScenarioFile;
  /** Relative paths begin here; those of certificates at `environmentFolder`. */
  folder: string;
  environmentFolder: string;
  /** Folders of clips, searched in order. */
  caches: string[];
  /** Whether the load, the target and the thresholds are the scenario's own. */
  kind: PackInput['source']['kind'];
  /** Users and stages that make requests, which a pack does not carry, by name. */
  leftOut: string[];
}

/** Of conversations that no scenario surrounds: the smallest load that says something, and the usual limits. */
const usualLoad = { users: 10, spawn_rate: 1, duration: '5m' };
const usualThresholds = [
  { metric: 'ttfa', stat: 'p95', target: '2s', acceptable: '3s' },
  { metric: 'barge_in', stat: 'p95', target: '500ms', acceptable: '1s' },
  { metric: 'connection_success', stat: 'rate', target: '98%', acceptable: '95%' },
  { metric: 'turn_success', stat: 'rate', target: '95%', acceptable: '90%' },
];

/** Reads what the input names. Errors: those of the scenario or the conversation, `no_such_conversation`. */
export async function readSource(input: PackInput, sources: PackSources): Promise<Result<PackSource>> {
  const { source } = input;
  const read =
    source.kind === 'scenario'
      ? await fromScenario(source.path, sources, input.url !== undefined)
      : await fromConversations(source.ids, input.name, sources);
  if (!read.ok) return read;
  return cutDown(read.value, input);
}

async function fromScenario(
  path: string,
  sources: PackSources,
  readdressed: boolean,
): Promise<Result<PackSource>> {
  const read = await sources.scenario(path);
  if (!read.ok) return read;
  const parsed = parseScenarioText(path, read.value.yaml);
  if ('problems' in parsed) return problemsError(parsed.problems);
  const folder = dirname(resolve(path));
  const environment = new NamedEnvironment(parsed.source, {
    scenarioFolder: folder,
    workspace: dirname(sources.workspaceCache),
  });
  await environment.place();
  const unknown = environment.problem;
  // With an address of its own the pack calls that, whatever the environment says.
  if (unknown !== null && !readdressed)
    return problemsError(Array.isArray(unknown) ? unknown : [placeProblem(parsed.source, unknown)]);
  const named = environment.current;
  const checked = checkScenario(parsed.source, { named });
  if ('problems' in checked) return problemsError(checked.problems);
  const { file } = checked;
  const users = voiceUsersOf(file);
  if (users.length === 0)
    return fail(
      'invalid_input',
      'no_voice_users',
      'A pack carries callers who speak, and this scenario has none: its http and grpc users are run by Crosstalk itself.',
    );
  return ok({
    file: { ...file, users, setup: [], teardown: [], thresholds: thresholdsFor(file) },
    leftOut: [...requestUsersOf(file), ...file.setup, ...file.teardown].map(({ name }) => name),
    folder,
    environmentFolder: named?.folder ?? folder,
    caches: cacheFolders(file, folder, sources.workspaceCache),
    kind: 'scenario',
  });
}

async function fromConversations(
  ids: readonly string[],
  name: string | undefined,
  sources: PackSources,
): Promise<Result<PackSource>> {
  const conversations: Record<string, unknown>[] = [];
  const caches: string[] = [];
  for (const id of new Set(ids)) {
    const found = await sources.conversation(id);
    if (!found.ok) return found;
    const { draft, folder, cache } = found.value;
    // Conversations of several files come together, so each path must stand by itself.
    const whole = wholeDraft(withClips(draft, (clip) => resolve(folder, clip)));
    if (!whole.ok) return whole;
    const taken = new Set(conversations.map((other) => other.name));
    let free = whole.value.name;
    for (let n = 2; taken.has(free); n++) free = `${whole.value.name} ${n}`;
    conversations.push(withoutLooseEnd({ ...conversationValue(whole.value), name: free }));
    if (cache !== null) caches.push(cache);
  }
  const value = {
    version: 1,
    name: name ?? conversations.map((one) => String(one.name)).join(', ').slice(0, 200), // prettier-ignore
    environment: practiceEnvironment,
    users: [{ kind: 'voice', conversations }],
    load: usualLoad,
    thresholds: usualThresholds,
  };
  const parsed = parseWithSentences(ScenarioFile, value);
  if ('problems' in parsed) {
    const [first] = parsed.problems;
    const problem = {
      file: 'the conversation',
      line: null,
      column: null,
      path: '',
      message: first?.message ?? '',
    };
    return fail('invalid_input', 'invalid_conversation', formatProblem(problem));
  }
  const own = cacheFolders(parsed.value, sources.workspaceCache, sources.workspaceCache);
  return ok({
    file: parsed.value,
    folder: dirname(sources.workspaceCache),
    environmentFolder: dirname(sources.workspaceCache),
    caches: [...caches, ...own],
    leftOut: [],
    kind: 'conversations',
  });
}

/** The last turn of a call is interrupted only by words of its own. */
function withoutLooseEnd(conversation: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(conversation.turns)) return conversation;
  const turns: unknown[] = conversation.turns;
  const last = turns.at(-1);
  if (typeof last !== 'object' || last === null || !('barge_in' in last)) return conversation;
  const bargeIn = last.barge_in;
  if (typeof bargeIn === 'object' && bargeIn !== null && ('say' in bargeIn || 'clip' in bargeIn))
    return conversation;
  const { barge_in: _, ...kept } = last;
  return { ...conversation, turns: [...turns.slice(0, -1), kept] };
}

function cutDown(source: PackSource, input: PackInput): Result<PackSource> {
  const names = voiceUsersOf(source.file).flatMap((user) => user.conversations.map(({ name }) => name));
  const unknown = input.conversations?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const known = names.map((name) => JSON.stringify(name)).join(', ');
    return fail(
      'invalid_input',
      'no_such_conversation',
      `There is no conversation ${JSON.stringify(unknown)}; there is ${known}.`,
    );
  }
  const users = voiceUsersOf(source.file).flatMap((user): VoiceUser[] => {
    const conversations = user.conversations
      .filter(({ name }) => input.conversations?.includes(name) ?? true)
      .map((conversation) => shortened(conversation, input.maxTurns));
    if (conversations.length === 0) return [];
    const turns = user.turns_per_call;
    const most = input.maxTurns;
    const perCall =
      turns !== undefined && most !== undefined ? { turns_per_call: Math.min(turns, most) } : {};
    return [{ ...user, ...perCall, conversations }];
  });
  return ok({ ...source, file: { ...source.file, users } });
}

function shortened(conversation: Conversation, most: number | undefined): Conversation {
  const { turns } = conversation;
  return most === undefined || !turns ? conversation : { ...conversation, turns: turns.slice(0, most) };
}
