/** What can be told of steps only with a parser of JSON paths. */
import type { ValueProblem } from '#contract/scenario/explain';
import type { ValuePath } from '#contract/scenario/shape';
import type { PlacedStep, Requester } from '#contract/scenario/steps';
import { jsonPathProblem } from './feeds.ts';

function pathProblem(jsonPath: string | undefined, path: ValuePath): ValueProblem[] {
  const message = jsonPath === undefined ? null : jsonPathProblem(jsonPath);
  return message === null ? [] : [{ path: [...path], message }];
}

/** JSON paths that cannot be read. */
export function jsonPathProblems(
  { data }: Requester,
  at: ValuePath,
  steps: readonly PlacedStep[],
): ValueProblem[] {
  return [
    ...data.flatMap((feed, i) => pathProblem(feed.at, [...at, 'data', i, 'at'])),
    ...steps.flatMap(({ step, path }) => [
      ...step.checks.flatMap((check, i) =>
        'json' in check ? pathProblem(check.json, [...path, 'checks', i, 'json']) : [],
      ),
      ...Object.entries(step.extract).flatMap(([name, extract]) =>
        'json' in extract ? pathProblem(extract.json, [...path, 'extract', name]) : [],
      ),
      ...('rpc' in step ? [] : pathProblem(step.stream?.token, [...path, 'stream', 'token'])),
    ]),
  ];
}
