/** The conversations inside the scenarios that are listed: the bundled ones and those of the workspace. */
import { dirname, resolve } from 'node:path';
import type { ConversationEntry } from '#contract/api/conversations';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { mostTurns } from '#contract/audio/conversation';
import { ok, type Result } from '#contract/errors';
import { parseWithSentences, type ValueProblem } from '#contract/scenario/explain';
import { AudioSettings, Conversation } from '#contract/scenario/file';
import { valueAt, type ValuePath } from '#contract/scenario/shape';
import { placeProblem } from '../scenarios/check.ts';
import { FileMemory, stampOf } from '../scenarios/fileMemory.ts';
import { listScenarios } from '../scenarios/library.ts';
import { formatProblem } from '../scenarios/problems.ts';
import { parseScenarioText, readScenarioText, valueOf, type ScenarioSource } from '../scenarios/source.ts';
import { clipsIn } from './clipPaths.ts';
import { digest, scenarioId } from './ids.ts';

/** One conversation as a list within a larger file has it. */
export interface ListedConversation {
  path: ValuePath;
  /** Its place among the users entries; 0 outside a scenario. */
  user: number;
  name: string;
  raw: unknown;
  checked: { conversation: Conversation } | { problems: ScenarioProblem[] };
}

/** A conversation of a scenario, its file and where its clips are looked for. */
export interface ScenarioConversation {
  entry: ConversationEntry;
  listed: ListedConversation;
  source: ScenarioSource;
  /** Text of the scenario. */
  text: string;
  /** Folder of the scenario. */
  folder: string;
  /** The scenario's own folder of clips, when it names one. */
  cache: string | null;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A conversation that is a whole file says the version of its format too. */
function withoutVersion(value: unknown, path: ValuePath): unknown {
  if (path.length > 0 || typeof value !== 'object' || value === null || valueAt(value, ['version']) !== 1)
    return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'version'));
}

/** Reads the conversation at `path` of a larger value. `i`: its place in its list, for one without a name. */
export function conversationAt(
  source: ScenarioSource,
  value: unknown,
  path: ValuePath,
  i: number,
  user = 0,
): ListedConversation {
  const raw = withoutVersion(valueAt(value, path), path);
  const checked = parseWithSentences(Conversation, raw);
  const name: unknown = valueAt(raw, ['name']);
  const place = (problem: ValueProblem) =>
    placeProblem(source, { ...problem, path: [...path, ...problem.path] });
  return {
    path,
    user,
    name: typeof name === 'string' && name.trim() !== '' ? name.trim() : `conversation ${i + 1}`,
    raw,
    checked: 'value' in checked ? { conversation: checked.value } : { problems: checked.problems.map(place) },
  };
}

/** Reads a list of conversations within a larger value; each is checked for itself, so that one that is wrong does not take the others along. */
export function conversationsAt(
  source: ScenarioSource,
  value: unknown,
  path: ValuePath,
  user = 0,
): ListedConversation[] {
  return asList(valueAt(value, path)).map((_, i) => conversationAt(source, value, [...path, i], i, user));
}

/** Every conversation of a scenario's value, users entry by users entry. */
export function conversationsOfScenario(source: ScenarioSource, value: unknown): ListedConversation[] {
  return asList(valueAt(value, ['users'])).flatMap((_, user) =>
    conversationsAt(source, value, ['users', user, 'conversations'], user),
  );
}

/** How many turns a conversation has, and what is wrong with it. `folder`: where its paths begin. */
export async function turnsOf(
  conversation: Conversation,
  folder: string,
): Promise<{ turns: number; files: string[]; problem: string | null }> {
  const named = conversation.clips;
  const files = named === undefined ? [] : await clipsIn(resolve(folder, named));
  const turns = files === null ? 0 : (conversation.turns?.length ?? files.length);
  let problem: string | null = null;
  if (files === null) problem = `There is no folder ${resolve(folder, named ?? '')}, which its clips are in.`;
  else if (turns > mostTurns)
    problem = `It has ${turns} turns; the studio works with at most ${mostTurns}, so split it.`;
  else if (turns === 0) problem = `The folder ${resolve(folder, named ?? '')} has no .pcm or .wav files.`;
  return { turns, files: files ?? [], problem };
}

async function entryOf(
  listed: ListedConversation,
  id: string,
  scenario: { name: string; path: string; bundled: boolean },
): Promise<ConversationEntry> {
  const { checked } = listed;
  const base = {
    id,
    name: listed.name,
    origin: 'scenario' as const,
    scenario: scenario.name,
    bundled: scenario.bundled,
    path: scenario.path,
  };
  if ('conversation' in checked) {
    const { turns, problem } = await turnsOf(checked.conversation, dirname(scenario.path));
    return { ...base, turns, problem };
  }
  const first = checked.problems[0];
  const turns = asList(valueAt(listed.raw, ['turns'])).length;
  return { ...base, turns, problem: first ? formatProblem(first) : 'It is not valid.' };
}

function cacheOf(value: unknown, folder: string): string | null {
  const audio = AudioSettings.safeParse(valueAt(value, ['audio']) ?? {});
  const cache = audio.success ? audio.data.cache : undefined;
  return cache === undefined ? null : resolve(folder, cache);
}

/** A scenario that is YAML at all. */
interface ReadScenario {
  source: ScenarioSource;
  text: string;
  cache: string | null;
  conversations: IdentifiedConversation[];
}

interface IdentifiedConversation {
  id: string;
  listed: ListedConversation;
}

async function readConversations(path: string): Promise<ReadScenario | null> {
  const text = await readScenarioText(path);
  const parsed = text.ok ? parseScenarioText(path, text.value) : null;
  if (!text.ok || !parsed || !('source' in parsed)) return null;
  const { source } = parsed;
  const read = valueOf(source);
  if (!('value' in read)) return null;
  const names = new Map<string, number>();
  const conversations = conversationsOfScenario(source, read.value).map((listed) => {
    const key = `${listed.user} ${listed.name}`;
    const nth = names.get(key) ?? 0;
    names.set(key, nth + 1);
    return { id: scenarioId(path, listed.user, listed.name, nth), listed };
  });
  return { source, text: text.value, cache: cacheOf(read.value, dirname(path)), conversations };
}

const remembered = new FileMemory<readonly IdentifiedConversation[]>();

async function conversationsIn(path: string): Promise<readonly IdentifiedConversation[]> {
  const stamp = await stampOf(path);
  const before = remembered.find(path, stamp);
  if (before !== undefined) return before;
  const conversations = (await readConversations(path))?.conversations ?? [];
  remembered.keep(path, stamp, conversations);
  return conversations;
}

/** An entry for each conversation of every listed scenario that is YAML at all. */
export async function scenarioEntries(workspace: string): Promise<Result<ConversationEntry[]>> {
  const scenarios = await listScenarios(workspace);
  if (!scenarios.ok) return scenarios;
  const entries: ConversationEntry[] = [];
  for (const scenario of scenarios.value)
    for (const { id, listed } of await conversationsIn(scenario.path))
      entries.push(await entryOf(listed, id, scenario));
  return ok(entries);
}

/** A conversation of a listed scenario, read from its file; null: there is none of that id. `scenario`: the digest of its path. */
export async function scenarioConversation(
  workspace: string,
  { scenario: wanted, id }: { scenario: string; id: string },
): Promise<Result<ScenarioConversation | null>> {
  const scenarios = await listScenarios(workspace);
  if (!scenarios.ok) return scenarios;
  const scenario = scenarios.value.find(({ path }) => digest(path) === wanted);
  const read = scenario === undefined ? null : await readConversations(scenario.path);
  const found = read?.conversations.find((one) => one.id === id);
  if (scenario === undefined || read === null || found === undefined) return ok(null);
  const { listed } = found;
  const { source, text, cache } = read;
  const entry = await entryOf(listed, id, scenario);
  return ok({ entry, listed, source, text, folder: dirname(scenario.path), cache });
}
