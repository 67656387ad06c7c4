import type { ScenarioProblem } from '#contract/api/scenarios';
import { formatPath, type ValuePath } from '#contract/scenario/shape';
import { problemsIn } from '../../document/problems.ts';

/** The problems of a value that one field shows as a whole: those within it are told at the field. */
export function gathered(problems: readonly ScenarioProblem[], path: ValuePath): ScenarioProblem[] {
  const at = formatPath(path);
  return problemsIn(problems, path).map((problem) =>
    problem.path === at ? problem : { ...problem, path: at },
  );
}
