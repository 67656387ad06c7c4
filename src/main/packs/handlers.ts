/** Answers what screens ask about packs. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export function createPackHandlers(): ApiHandlers['packs'] {
  return { plan: notBuilt, write: notBuilt, cancel: notBuilt };
}
