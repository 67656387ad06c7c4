/** Answers what screens ask about clips. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export function createClipHandlers(): ApiHandlers['clips'] {
  return {
    ofConversation: notBuilt,
    facts: notBuilt,
    audio: notBuilt,
    generate: notBuilt,
    cancelGeneration: notBuilt,
    generation: notBuilt,
    verify: notBuilt,
    mend: notBuilt,
  };
}
