/** Answers what screens ask about voices. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export function createVoiceHandlers(): ApiHandlers['voices'] {
  return { list: notBuilt, azure: notBuilt, setAzure: notBuilt, forgetAzureSecret: notBuilt, test: notBuilt };
}
