/** Answers what screens ask about workspace. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notYet = () => fail('unavailable', 'not_available', 'This is not available in this version yet.');

export function createWorkspaceHandlers(): ApiHandlers['workspace'] {
  return {
    get: notYet,
    choose: notYet,
    browse: notYet,
    opened: notYet,
  };
}
