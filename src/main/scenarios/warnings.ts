/** What a scenario is likely not meant to say: it can run all the same. */
import type { ValueProblem } from '#contract/scenario/explain';
import type { ScenarioFile } from '#contract/scenario/file';
import { scenarioWarnings } from '#contract/scenario/rules';
import { placeProblem, type Origins } from './check.ts';
import { judgedHere } from './latency.ts';
import { formatProblem } from './problems.ts';
import type { ScenarioSource } from './source.ts';

/** One sentence each, with its place, of a run that is to be made. `ofContents`: what its files gave. */
export function runWarnings(
  source: ScenarioSource,
  file: ScenarioFile,
  ofContents: readonly ValueProblem[],
  origins: Origins,
): string[] {
  return [...scenarioWarnings(judgedHere(file)), ...ofContents].map((warning) =>
    formatProblem(placeProblem(source, warning, origins)),
  );
}
