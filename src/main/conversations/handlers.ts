/** Answers what screens ask about the studio's conversations. */
import type { ApiHandlers } from '#contract/api/index';
import { fail } from '#contract/errors';

const notBuilt = () => fail('unavailable', 'not_built', 'This part of the studio is being built.');

export function createConversationHandlers(): ApiHandlers['conversations'] {
  return {
    list: notBuilt,
    get: notBuilt,
    save: notBuilt,
    duplicate: notBuilt,
    remove: notBuilt,
    restore: notBuilt,
    importYaml: notBuilt,
    importFolder: notBuilt,
    exportYaml: notBuilt,
    saveAsScenario: notBuilt,
    beginRecording: notBuilt,
    addToRecording: notBuilt,
    finishRecording: notBuilt,
    cancelRecording: notBuilt,
  };
}
