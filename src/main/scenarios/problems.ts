import type { ScenarioProblem } from '#contract/api/scenarios';
import { fail, type Result } from '#contract/errors';

/** `file:line:column: path: message` */
export function formatProblem(problem: ScenarioProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
}

/** One error for all problems of a scenario: the first in `message`, every one on its own line in `detail`. */
export function problemsError(problems: readonly ScenarioProblem[]): Result<never> {
  const [first, ...more] = problems;
  const message = first ? formatProblem(first) : 'The scenario is invalid.';
  return fail(
    'invalid_input',
    'invalid_scenario',
    more.length > 0 ? `${message} (and ${more.length} more)` : message,
    {
      detail: problems.map(formatProblem).join('\n'),
    },
  );
}
