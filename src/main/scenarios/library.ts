/** The scenarios an operator can choose from: the bundled examples and those of the workspace. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { OpenedScenario, ScenarioEntry } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { executorsOf, peakOf, plannedMs } from '#contract/scenario/load';
import { bundled } from '../entries.ts';
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

async function scenarioFiles(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder, { withFileTypes: true });
    return files
      .filter((file) => !file.isDirectory() && /^[^.].*\.ya?ml$/i.test(file.name))
      .map((file) => join(folder, file.name))
      .sort();
  } catch {
    return [];
  }
}

async function modifiedAt(path: string): Promise<string | null> {
  try {
    return (await stat(path)).mtime.toISOString();
  } catch {
    return null;
  }
}

/** What a text is told from any other by. */
export function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function entryOf(path: string, isBundled: boolean): Promise<ScenarioEntry> {
  const checked = await validateScenario(path, { depth: 'shape' });
  const file = checked.ok ? checked.value.file : null;
  const unread = checked.ok
    ? []
    : [{ file: path, line: null, column: null, path: '', message: checked.error.message }];
  return {
    path,
    name: file?.name ?? basename(path),
    environment: file ? environmentLabel(file) : '',
    bundled: isBundled,
    users: file ? peakOf(file) : 0,
    durationMs: file ? plannedMs(file) : 0,
    executors: file ? executorsOf(file) : [],
    conversations: file?.users.flatMap((user) => user.conversations.map((c) => c.name)) ?? [],
    thresholds: file?.thresholds.length ?? 0,
    modifiedAt: await modifiedAt(path),
    problems: checked.ok ? checked.value.problems : unread,
  };
}

/** Every scenario of the two folders; an invalid one is listed with its problems. `workspace`: the folder of its scenario files. */
export async function listScenarios(workspace: string): Promise<Result<ScenarioEntry[]>> {
  const entries: ScenarioEntry[] = [];
  for (const path of await scenarioFiles(bundledScenarios())) entries.push(await entryOf(path, true));
  for (const path of await scenarioFiles(resolve(workspace))) entries.push(await entryOf(path, false));
  return ok(entries);
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
