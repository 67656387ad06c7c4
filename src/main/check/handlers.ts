/** Answers what screens ask about checks. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_available', 'This is not available in this version yet.');

export function createCheckHandlers(): ApiHandlers['checks'] {
  return {
    start: notYet,
    cancel: notYet,
    last: notYet,
    frames: notYet,
  };
}
