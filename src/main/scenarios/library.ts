/** The scenarios an operator can choose from: the bundled examples and those of the workspace. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ScenarioEntry } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { peakUsers, profileDurationMs, toVuProfile } from '#contract/scenario/load';
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

async function entryOf(path: string, isBundled: boolean): Promise<ScenarioEntry> {
  const checked = await validateScenario(path, { depth: 'shape' });
  const file = checked.ok ? checked.value.file : null;
  const unread = checked.ok
    ? []
    : [{ file: path, line: null, column: null, path: '', message: checked.error.message }];
  const profile = file && toVuProfile(file.load);
  return {
    path,
    name: file?.name ?? basename(path),
    environment: file ? environmentLabel(file) : '',
    bundled: isBundled,
    users: profile ? peakUsers(profile) : 0,
    durationMs: profile ? profileDurationMs(profile) : 0,
    conversations: file?.users.flatMap((user) => user.conversations.map((c) => c.name)) ?? [],
    thresholds: file?.thresholds.length ?? 0,
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
export async function readScenario(
  path: string,
  workspace: string,
): Promise<Result<{ path: string; yaml: string }>> {
  const listed = [...(await scenarioFiles(bundledScenarios())), ...(await scenarioFiles(resolve(workspace)))];
  if (!listed.includes(path)) {
    return fail('not_found', 'unknown_scenario', `${path} is not among the scenarios of the workspace.`);
  }
  const text = await readScenarioText(path);
  return text.ok ? ok({ path, yaml: text.value }) : text;
}
