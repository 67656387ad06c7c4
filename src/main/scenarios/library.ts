/** The scenarios an operator can choose from: the bundled examples and those of the workspace. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { OpenedScenario, ScenarioEntry } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { practiceEnvironment } from '#contract/scenario/file';
import { executorsOf, peakOf, plannedMs } from '#contract/scenario/load';
import { conversationsIn } from '#contract/scenario/users';
import { bundled } from '../entries.ts';
import { environmentsIn, environmentsOf } from '../environments/resolve.ts';
import { FileMemory, stampOf } from './fileMemory.ts';
import { readScenarioText } from './source.ts';
import { environmentLabel } from './targets.ts';
import { validateScenario } from './validate.ts';

/** Folder of the bundled examples. */
export function bundledScenarios(): string {
  return bundled('resources', 'scenarios');
}

/** The scenario of the practice run. */
export function practiceScenario(): string {
  return join(bundledScenarios(), 'practice.yaml');
}

/** Whether a file is a scenario, by its name. */
export function isScenarioName(name: string): boolean {
  return /^[^.].*\.ya?ml$/i.test(name);
}

/** `load 2` before `load 10`. */
const inOrder = new Intl.Collator('en', { numeric: true });

async function scenarioFiles(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder, { withFileTypes: true });
    return files
      .filter((file) => !file.isDirectory() && isScenarioName(file.name))
      .map((file) => join(folder, file.name))
      .sort(inOrder.compare);
  } catch {
    return [];
  }
}

/** What a text is told from any other by. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What was found in a file. */
interface Remembered {
  /** Of the environments it may name; null: it names none. */
  environments: string | null;
  entry: ScenarioEntry;
}

const remembered = new FileMemory<Remembered>();

/** What tells the environments beside the scenarios of a folder from any others. */
async function environmentsStamp(folder: string): Promise<string> {
  const files = await environmentsOf(environmentsIn(folder));
  const stamps = files.map(async ({ path }) => `${path} ${(await stampOf(path)).stamp ?? ''}`);
  return (await Promise.all(stamps)).join('\n');
}

async function entryOf(path: string, isBundled: boolean, environments: string): Promise<ScenarioEntry> {
  const stamp = await stampOf(path);
  const before = remembered.find(path, stamp);
  if (before !== undefined && (before.environments ?? environments) === environments) return before.entry;
  const { entry, named } = await readEntry(path, isBundled, stamp.modifiedAt);
  remembered.keep(path, stamp, { environments: named ? environments : null, entry });
  return entry;
}

async function entriesOf(folder: string, isBundled: boolean): Promise<ScenarioEntry[]> {
  const environments = await environmentsStamp(folder);
  const entries: ScenarioEntry[] = [];
  for (const path of await scenarioFiles(folder)) entries.push(await entryOf(path, isBundled, environments));
  return entries;
}

async function readEntry(
  path: string,
  isBundled: boolean,
  modifiedAt: string | null,
): Promise<{ entry: ScenarioEntry; named: boolean }> {
  const checked = await validateScenario(path, { depth: 'shape' });
  const file = checked.ok ? checked.value.file : null;
  const unread = checked.ok
    ? []
    : [{ file: path, line: null, column: null, path: '', message: checked.error.message }];
  const entry: ScenarioEntry = {
    path,
    name: file?.name ?? basename(path),
    environment: file ? environmentLabel(file) : '',
    bundled: isBundled,
    users: file ? peakOf(file) : 0,
    durationMs: file ? plannedMs(file) : 0,
    executors: file ? executorsOf(file) : [],
    conversations: file?.users.flatMap((user) => conversationsIn(user).map((c) => c.name)) ?? [],
    thresholds: file?.thresholds.length ?? 0,
    modifiedAt,
    problems: checked.ok ? checked.value.problems : unread,
  };
  // What is wrong with a file that is not valid may be the environment it names.
  const named =
    file === null || (typeof file.environment === 'string' && file.environment !== practiceEnvironment);
  return { entry, named };
}

/** Every scenario of the two folders; an invalid one is listed with its problems. `workspace`: the folder of its scenario files. */
export async function listScenarios(workspace: string): Promise<Result<ScenarioEntry[]>> {
  const bundledOnes = await entriesOf(bundledScenarios(), true);
  return ok([...bundledOnes, ...(await entriesOf(resolve(workspace), false))]);
}

/** The text of a listed scenario. Any other path is refused: a screen reads scenarios, not the disk. */
export async function readScenario(path: string, workspace: string): Promise<Result<OpenedScenario>> {
  const bundledFiles = await scenarioFiles(bundledScenarios());
  const listed = [...bundledFiles, ...(await scenarioFiles(resolve(workspace)))];
  if (!listed.includes(path)) {
    return fail('not_found', 'unknown_scenario', `${path} is not among the scenarios of the workspace.`);
  }
  const text = await readScenarioText(path);
  if (!text.ok) return text;
  const yaml = text.value;
  return ok({ path, yaml, revision: revisionOf(yaml), bundled: bundledFiles.includes(path) });
}
