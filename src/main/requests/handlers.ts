/** What screens ask about the requests of a run. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_built', 'Requests cannot be looked at yet.');

export function createRequestHandlers(): ApiHandlers['requests'] {
  return { steps: notYet, summary: notYet, checks: notYet, list: notYet, kept: notYet, get: notYet };
}
