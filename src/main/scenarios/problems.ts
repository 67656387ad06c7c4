import type { ScenarioProblem } from '#contract/api/scenarios';
import { fail, type Result } from '#contract/errors';

/** `file:line:column: path: message` */
export function formatProblem(problem: ScenarioProblem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
}

const mostListed = 100;

/** One error for all problems of a scenario: the first in `message`, each on its own line in `detail` (the first hundred). */
export function problemsError(problems: readonly ScenarioProblem[]): Result<never> {
  const [first, ...more] = problems;
  const message = first ? formatProblem(first) : 'The scenario is invalid.';
  return fail(
    'invalid_input',
    'invalid_scenario',
    more.length > 0 ? `${message} (and ${more.length} more)` : message,
    {
      detail: problems.slice(0, mostListed).map(formatProblem).join('\n'),
    },
  );
}
