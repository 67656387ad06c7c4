/** Takes in results of other tools and exports of this one. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface ResultHandlerOptions {
  history: History;
  publish: Publish;
}

export function createResultHandlers(_options: ResultHandlerOptions): ApiHandlers['results'] {
  return {
    begin: notBuilt,
    add: notBuilt,
    look: notBuilt,
    finish: notBuilt,
    cancel: notBuilt,
  };
}
