/** From the document to a valid scenario, or to the problems with their places. */
import type { ScenarioProblem } from '#contract/api/scenarios';
import { parseWithSentences, type ValueProblem } from '#contract/scenario/explain';
import { ScenarioFile } from '#contract/scenario/file';
import { placeholderProblems, scenarioRules } from '#contract/scenario/rules';
import { formatPath } from '#contract/scenario/shape';
import { originOf, problemOfOrigin, type AppliedOverride } from './overrides/override.ts';
import { locate, valueOf, type ScenarioSource } from './source.ts';

/** A problem of a value, with its line in the file or the override it came from. */
export function placeProblem(
  source: ScenarioSource,
  problem: ValueProblem,
  applied: readonly AppliedOverride[] = [],
): ScenarioProblem {
  const full = problem.key === undefined ? problem.path : [...problem.path, problem.key];
  const origin = originOf(applied, full);
  if (origin !== null) return problemOfOrigin(origin, problem.path, problem.message);
  const at = locate(source, problem.path, problem.key);
  return {
    file: source.path,
    line: at?.line ?? null,
    column: at?.column ?? null,
    path: formatPath(problem.path),
    message: problem.message,
  };
}

/** Checks shape and rules; what needs the disk (clips, certificates) is checked elsewhere. */
export function checkScenario(
  source: ScenarioSource,
  applied: readonly AppliedOverride[] = [],
): { file: ScenarioFile } | { problems: ScenarioProblem[] } {
  const read = valueOf(source);
  if ('problem' in read) return { problems: [read.problem] };
  const parsed = parseWithSentences(ScenarioFile, read.value);
  const shape =
    'problems' in parsed
      ? parsed.problems
      : scenarioRules(parsed.value, (user) => originOf(applied, ['users', user, 'turns_per_call']) !== null);
  const found = [...shape, ...placeholderProblems(read.value)];
  if (found.length === 0 && 'value' in parsed) return { file: parsed.value };
  const problems = found.map((problem) => placeProblem(source, problem, applied));
  return {
    problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
  };
}
