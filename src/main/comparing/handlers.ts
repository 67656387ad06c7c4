/** Answers for the screens that put runs side by side. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';
import { compareRuns } from './loading.ts';
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
    scenarios: () => history.scenarios(),
    trend: (query) => trendOf(history, query),
  };
}
