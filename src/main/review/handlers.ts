/** Answers what is asked about a run as a whole: distributions, breakdowns, the heat map, connections, audio. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { RunService } from '../runs/service.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ReviewHandlerOptions {
  history: History;
  runs: () => RunService;
}

export function createReviewHandlers(_options: ReviewHandlerOptions): ApiHandlers['review'] {
  return {
    distributions: notBuilt,
    breakdown: notBuilt,
    heatMap: notBuilt,
    connections: notBuilt,
    audio: notBuilt,
  };
}
