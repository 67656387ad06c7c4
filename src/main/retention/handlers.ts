/** The history as a whole: its size, copies of it, and what may go. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { RecordingStore } from '../recordings/store.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface HistoryHandlerOptions {
  history: History;
  settings: SettingsStore;
  recordings: RecordingStore | null;
  publish: Publish;
  database: string;
}

export function createHistoryHandlers(_options: HistoryHandlerOptions): ApiHandlers['history'] {
  return {
    facts: notBuilt,
    backup: notBuilt,
    cancelBackup: notBuilt,
    prunePlan: notBuilt,
    prune: notBuilt,
    setRetention: notBuilt,
  };
}
