/** Answers what screens ask about the requests of a run: from the engine while it goes on, else from the history. */
import type { ApiHandlers } from '#contract/api/index';
import { ok } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { RunService } from '../runs/service.ts';

export interface RequestHandlerOptions {
  history: Pick<
    History,
    'requestPlan' | 'requestSummary' | 'requestChecks' | 'requestList' | 'requestsKept' | 'requestKept'
  >;
  /** Runs of this process. */
  runs: () => Pick<RunService, 'requests'>;
}

export function createRequestHandlers({ history, runs }: RequestHandlerOptions): ApiHandlers['requests'] {
  return {
    async steps({ runId }) {
      const here = runs().requests(runId);
      if (here !== undefined) return ok([...here.steps]);
      const plan = await history.requestPlan(runId);
      return plan.ok ? ok(plan.value.steps) : plan;
    },
    summary({ runId, by, period }) {
      const here = runs().requests(runId);
      return here === undefined
        ? history.requestSummary({ runId, by, period })
        : ok(here.summary(by, period));
    },
    checks({ runId }) {
      const here = runs().requests(runId);
      return here === undefined ? history.requestChecks(runId) : ok(here.checks());
    },
    list: (query) => history.requestList(query),
    kept: (query) => history.requestsKept(query),
    get: ({ runId, id }) => history.requestKept(runId, id),
  };
}
