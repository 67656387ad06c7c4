/** Answers for the screens that put runs side by side. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ComparisonHandlerOptions {
  history: History;
}

export function createComparisonHandlers(_options: ComparisonHandlerOptions): ApiHandlers['comparisons'] {
  return {
    compare: notBuilt,
    scenarios: notBuilt,
    trend: notBuilt,
  };
}
