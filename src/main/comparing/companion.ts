/** Compares every run with the baseline of its scenario and environment as soon as it is written. */
import type { Publish } from '#contract/api/index';
import { ok, type Result } from '#contract/errors';
import type { ComparisonVerdict } from '#contract/run';
import type { History } from '../history/history.ts';
import type { RunCompanion } from '../runs/companion.ts';
import { compareRuns } from './loading.ts';

export interface BaselineOptions {
  history: Pick<History, 'get' | 'histograms' | 'values' | 'baselineOf' | 'setComparison'>;
  publish: Publish;
}

/** How a run stands to its baseline. */
export interface FoundComparison {
  baselineId: string;
  verdict: ComparisonVerdict;
  sentence: string;
}

/** Compares a run with a baseline and keeps what was found; null where it is the baseline itself. */
export async function compareWithBaseline(
  {
    history,
    publish,
  }: Pick<BaselineOptions, 'publish'> & {
    history: Omit<BaselineOptions['history'], 'baselineOf'>;
  },
  runId: string,
  baselineId: string,
): Promise<Result<FoundComparison | null>> {
  if (runId === baselineId) return ok(null);
  const compared = await compareRuns(history, [baselineId, runId]);
  if (!compared.ok) return compared;
  const run = compared.value.runs[1];
  if (run === undefined || run.verdict === null) return ok(null);
  const found = { baselineId, verdict: run.verdict, sentence: run.sentence ?? '' };
  const kept = await history.setComparison(runId, found);
  if (!kept.ok) return kept;
  publish('runs', 'changed', { runId });
  return ok(found);
}

/** Compares a run that has ended with the baseline of its scenario and environment; null where there is none. */
export async function compareWithOwnBaseline(
  options: BaselineOptions,
  run: { runId: string; scenario: string; environment: string },
): Promise<Result<FoundComparison | null>> {
  const baseline = await options.history.baselineOf(run.scenario, run.environment);
  if (!baseline.ok) return baseline;
  return baseline.value === null ? ok(null) : compareWithBaseline(options, run.runId, baseline.value);
}

export function baselineCompanion(options: BaselineOptions): RunCompanion {
  return {
    begin(run) {
      if (!run.keep) return null;
      const { runId, prepared } = run;
      return {
        async recorded({ recorded }) {
          // What the history does not have yet cannot be compared; it says so itself.
          if (!recorded.ok) return;
          const { environment, file } = prepared;
          const compared = await compareWithOwnBaseline(options, { runId, scenario: file.name, environment });
          if (!compared.ok)
            run.notice(`The run could not be compared with its baseline: ${compared.error.message}`);
        },
      };
    },
  };
}
