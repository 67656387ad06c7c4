/** Answers for the screens that put runs side by side. */
import type { ApiHandlers } from '#contract/api/index';
import { fail, ok } from '#contract/errors';
import type { History } from '../history/history.ts';
import { compareRuns, loadEvidence } from './loading.ts';
import { comparePeriods } from './periods.ts';
import { trendOf } from './trend.ts';

export interface ComparisonHandlerOptions {
  history: History;
}

export function createComparisonHandlers({ history }: ComparisonHandlerOptions): ApiHandlers['comparisons'] {
  return {
    compare({ runIds }) {
      const [first, ...others] = new Set(runIds);
      return first === undefined
        ? fail('invalid_input', 'no_runs', 'Choose at least one run to compare.')
        : compareRuns(history, [first, ...others]);
    },
    async periods({ runId, periods }) {
      const run = await loadEvidence(history, runId);
      return run.ok ? ok(comparePeriods(run.value, periods)) : run;
    },
    scenarios: () => history.scenarios(),
    trend: (query) => trendOf(history, query),
  };
}
