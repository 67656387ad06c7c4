/** Answers what screens ask about secrets. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_available', 'This is not available in this version yet.');

export function createSecretHandlers(): ApiHandlers['secrets'] {
  return {
    list: notYet,
    set: notYet,
    forget: notYet,
  };
}
