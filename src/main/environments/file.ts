/** An environment file: its text read, checked, and every problem with its line and column. */
import { dirname } from 'node:path';
import { isMap } from 'yaml';
import type { ScenarioProblem } from '#contract/api/scenarios';
import { EnvironmentFile } from '#contract/scenario/environment';
import { parseWithSentences, type ValueProblem } from '#contract/scenario/explain';
import { placeholderProblems } from '#contract/scenario/rules';
import { formatPath } from '#contract/scenario/shape';
import { locate, newerVersion, parseYamlText, valueOf, type ScenarioSource } from '../scenarios/source.ts';
import { environmentProblems } from './problems.ts';

/** Keys that only a file has; the others stand in a scenario as they are. */
const headKeys = ['version', 'name', 'description'];

export interface CheckedEnvironment {
  /** Name, targets and all; null when its shape is wrong. */
  file: EnvironmentFile | null;
  /** What was written beside version, name and description; null when it cannot be read. */
  written: Record<string, unknown> | null;
  /** What stands as its name, right or not; null when there is none. */
  writtenName: string | null;
  source: ScenarioSource | null;
  problems: ScenarioProblem[];
}

/** A problem of a value with its place in the file. */
export function placedAt(source: ScenarioSource, { path, key, message }: ValueProblem): ScenarioProblem {
  const at = locate(source, path, key);
  return {
    file: source.path,
    line: at?.line ?? null,
    column: at?.column ?? null,
    path: formatPath(path),
    message,
  };
}

function notRead(problems: ScenarioProblem[], source: ScenarioSource | null = null): CheckedEnvironment {
  return { file: null, written: null, writtenName: null, source, problems };
}

/**
 * Checks the text of an environment file with the certificates it names; nobody is called. `name`: what its file is
 * called and it must therefore be; null for a text that has no file yet.
 */
export async function checkEnvironment(
  path: string,
  text: string,
  name: string | null,
): Promise<CheckedEnvironment> {
  const parsed = parseYamlText(path, text);
  if ('problems' in parsed) return notRead(parsed.problems);
  const { source } = parsed;
  const { contents } = source.document;
  if (!isMap(contents)) {
    const what =
      contents === null
        ? 'the file is empty'
        : 'this is not an environment: its top level must be keys and values';
    const message = `${what}; it begins with "version: 1"`;
    return notRead([{ file: path, line: 1, column: 1, path: '', message }], source);
  }
  const newer = newerVersion(source, 'environment');
  if (newer !== null) return notRead([newer], source);
  const read = valueOf(source);
  if ('problem' in read) return notRead([read.problem], source);
  const { value } = read;
  const all = typeof value === 'object' && value !== null ? value : {};
  const written = Object.fromEntries(Object.entries(all).filter(([key]) => !headKeys.includes(key)));
  const shape = parseWithSentences(EnvironmentFile, value);
  const found: ValueProblem[] = 'problems' in shape ? [...shape.problems] : [];
  for (const problem of placeholderProblems({ ...all, environment: written })) {
    const inside = problem.path[0] === 'environment';
    // What stands beside its head is looked at as a scenario's environment, where placeholders are filled in.
    if (inside) found.push({ ...problem, path: problem.path.slice(1) });
    else if (headKeys.includes(String(problem.path[0]))) found.push(problem);
  }
  const file = 'value' in shape ? shape.value : null;
  const writtenName = 'name' in all && typeof all.name === 'string' ? all.name.trim() : null;
  if (file !== null && name !== null && file.name !== name) {
    const message = `must be ${JSON.stringify(name)}, the name of its file; rename one of them`;
    found.push({ path: ['name'], message });
  }
  if (file !== null) found.push(...(await environmentProblems(file, written, dirname(path))));
  const problems = found
    .map((problem) => placedAt(source, problem))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return { file, written, writtenName, source, problems };
}
