/** Answers what screens ask about environments. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_available', 'This is not available in this version yet.');

export function createEnvironmentHandlers(): ApiHandlers['environments'] {
  return {
    list: notYet,
    read: notYet,
    check: notYet,
    create: notYet,
    save: notYet,
    duplicate: notYet,
    remove: notYet,
    restore: notYet,
    probe: notYet,
  };
}
