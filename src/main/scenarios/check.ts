/** From the document to a valid scenario, or to the problems with their places. */
import type { ScenarioProblem } from '#contract/api/scenarios';
import { parseWithSentences, type ValueProblem } from '#contract/scenario/explain';
import { ScenarioFile } from '#contract/scenario/file';
import { placeholderProblems, scenarioRules } from '#contract/scenario/rules';
import { formatPath } from '#contract/scenario/shape';
import { placedAt } from '../environments/file.ts';
import type { ResolvedEnvironment } from '../environments/resolve.ts';
import { originOf, problemOfOrigin, type AppliedOverride } from './overrides/override.ts';
import { locate, valueOf, type ScenarioSource } from './source.ts';

/** Where values of a scenario come from, beside its own file. */
export interface Origins {
  applied?: readonly AppliedOverride[];
  /** The file of the environment that was put in its place. */
  named?: ResolvedEnvironment | null;
}

/** A problem of a value, with its line in the file, the environment's file, or the override it came from. */
export function placeProblem(
  source: ScenarioSource,
  problem: ValueProblem,
  { applied = [], named = null }: Origins = {},
): ScenarioProblem {
  const full = problem.key === undefined ? problem.path : [...problem.path, problem.key];
  const inNamed = named !== null && full[0] === 'environment' && full.length > 1;
  // Naming an environment is not where its values come from.
  const within = inNamed
    ? applied.filter((one) => one.override.places.every((p) => p.path.length > 1))
    : applied;
  const origin = originOf(within, full);
  if (origin !== null) return problemOfOrigin(origin, problem.path, problem.message);
  if (inNamed) return placedAt(named.source, { ...problem, path: problem.path.slice(1) });
  const at = locate(source, problem.path, problem.key);
  return {
    file: source.path,
    line: at?.line ?? null,
    column: at?.column ?? null,
    path: formatPath(problem.path),
    message: problem.message,
  };
}

/** Checks shape and rules; what needs the disk (clips, certificates, the file of an environment) is checked elsewhere. */
export function checkScenario(
  source: ScenarioSource,
  origins: Origins = {},
): { file: ScenarioFile } | { problems: ScenarioProblem[] } {
  const read = valueOf(source);
  if ('problem' in read) return { problems: [read.problem] };
  const parsed = parseWithSentences(ScenarioFile, read.value);
  const shape =
    'problems' in parsed
      ? parsed.problems
      : scenarioRules(
          parsed.value,
          (user) => originOf(origins.applied ?? [], ['users', user, 'turns_per_call']) !== null,
        );
  const found = [...shape, ...placeholderProblems(read.value)];
  if (found.length === 0 && 'value' in parsed) return { file: parsed.value };
  return { problems: found.map((problem) => placeProblem(source, problem, origins)).sort(inOrder) };
}

/** By where they stand. */
export function inOrder(a: ScenarioProblem, b: ScenarioProblem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
