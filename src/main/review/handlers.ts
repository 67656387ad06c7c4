/** Answers what is asked about a run as a whole: distributions, breakdowns, the heat map, connections, audio. */
import type { ApiHandlers } from '#contract/api/index';
import { ok } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { RunService } from '../runs/service.ts';
import { distributionsOf } from './distributions.ts';

export interface ReviewHandlerOptions {
  history: Pick<History, 'get' | 'histograms' | 'values' | 'breakdown' | 'heatMap' | 'connections' | 'audio'>;
  /** Runs of this process. */
  runs: () => Pick<RunService, 'detail' | 'breakdown'>;
}

export function createReviewHandlers({ history, runs }: ReviewHandlerOptions): ApiHandlers['review'] {
  return {
    async distributions({ runId, metrics, step }) {
      const here = runs().detail(runId);
      const detail = here === undefined ? await history.get(runId) : ok(here);
      if (!detail.ok) return detail;
      return distributionsOf(history, { runId, metrics, step, summary: detail.value.summary });
    },
    async breakdown({ runId, by }) {
      const here = runs().breakdown(runId, by);
      return here === undefined ? history.breakdown(runId, by) : ok(here);
    },
    heatMap: (query) => history.heatMap(query),
    connections: ({ runId }) => history.connections(runId),
    audio: ({ runId }) => history.audio(runId),
  };
}
