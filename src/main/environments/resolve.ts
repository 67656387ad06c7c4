/** From an environment's name to what it says: beside the scenario first, then in the workspace. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { fail, ok, type Result } from '#contract/errors';
import { EnvironmentName, practiceEnvironment, type EnvironmentFile } from '#contract/scenario/environment';
import { nearest } from '#contract/scenario/nearest';
import { problemsError } from '../scenarios/problems.ts';
import { readScenarioText, type ScenarioSource } from '../scenarios/source.ts';
import { checkEnvironment } from './file.ts';

/** Where environments are looked for. Null: there is no such place. */
export interface EnvironmentPlaces {
  /** Folder of the scenario. */
  scenarioFolder: string | null;
  /** Folder of the workspace. */
  workspace: string | null;
}

/** An environment file that can be used. */
export interface ResolvedEnvironment {
  name: string;
  /** Absolute path of its file. */
  path: string;
  /** Relative paths in it begin here. */
  folder: string;
  environment: EnvironmentFile;
  /** As it stands in the file, without version, name and description. */
  written: Record<string, unknown>;
  /** For the line of a value. */
  source: ScenarioSource;
}

/** Folder of the environments of a scenario's folder or a workspace. */
export function environmentsIn(folder: string): string {
  return join(resolve(folder), 'environments');
}

/** The folders that are searched, in order. */
export function environmentFolders({ scenarioFolder, workspace }: EnvironmentPlaces): string[] {
  const folders = [scenarioFolder, workspace].filter((folder) => folder !== null);
  return [...new Set(folders.map(environmentsIn))];
}

/** Whether a name can be one of an environment file. */
export function isEnvironmentName(name: string): boolean {
  return EnvironmentName.safeParse(name).data === name;
}

/** A file of an environments folder. */
export interface ListedEnvironment {
  name: string;
  path: string;
}

/** The environment files of a folder by name; none when it cannot be listed. */
export async function environmentsOf(folder: string): Promise<ListedEnvironment[]> {
  try {
    const files = await readdir(folder, { withFileTypes: true });
    return files
      .filter((file) => !file.isDirectory() && /^[^.].*\.ya?ml$/i.test(file.name))
      .map((file) => ({ name: file.name.replace(/\.ya?ml$/i, ''), path: join(folder, file.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  } catch {
    return [];
  }
}

/** Why there is no environment of that name: the nearest that there is, and where it was looked for. */
function unknownEnvironment(name: string, known: readonly string[], folders: readonly string[]): string {
  const places = folders.length === 0 ? 'an environments folder' : folders.join(' or ');
  const there = `there is no environment ${JSON.stringify(name)}`;
  const near = nearest(name, [...known, practiceEnvironment]);
  if (near !== null)
    return `${there}; did you mean ${JSON.stringify(near)}? It would be the file ${name}.yaml in ${places}`;
  const others = known.length === 0 ? '' : ` (which has ${[...new Set(known)].slice(0, 12).join(', ')})`;
  return isEnvironmentName(name)
    ? `${there}; write it as the file ${name}.yaml in ${places}${others}`
    : `${there}; environments are files in ${places}${others}`;
}

/** What was found under a name: the environment, or what is wrong with its file, or (without a full stop) that there is none. */
export type FoundEnvironment =
  { found: ResolvedEnvironment } | { problems: ScenarioProblem[] } | { unknown: string };

/** Finds and reads an environment file. */
export async function findEnvironment(name: string, places: EnvironmentPlaces): Promise<FoundEnvironment> {
  const folders = environmentFolders(places);
  const known: string[] = [];
  for (const folder of folders) {
    const listed = await environmentsOf(folder);
    const found = listed.find((one) => one.name === name);
    if (found !== undefined) return readEnvironment(found);
    known.push(...listed.map((one) => one.name));
  }
  return { unknown: unknownEnvironment(name, known, folders) };
}

/** Reads a listed environment, which must be valid. */
export async function readEnvironment({ name, path }: ListedEnvironment): Promise<FoundEnvironment> {
  const text = await readScenarioText(path);
  if (!text.ok)
    return { problems: [{ file: path, line: null, column: null, path: '', message: text.error.message }] };
  const { file, written, source, problems } = await checkEnvironment(path, text.value, name);
  if (problems.length > 0 || file === null || written === null || source === null) return { problems };
  return { found: { name, path, folder: dirname(path), environment: file, written, source } };
}

/**
 * The environment of a name, ready to be used. Errors: `unknown_environment`, `invalid_scenario` (its file is not valid:
 * problems with line and column).
 */
export async function resolveEnvironment(
  name: string,
  places: EnvironmentPlaces,
): Promise<Result<ResolvedEnvironment>> {
  const found = await findEnvironment(name, places);
  if ('found' in found) return ok(found.found);
  if ('problems' in found) return problemsError(found.problems);
  const { unknown } = found;
  return fail('not_found', 'unknown_environment', `${unknown.charAt(0).toUpperCase()}${unknown.slice(1)}.`);
}
