/** The history as a whole: its size, copies of it, and what may go. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail, ok, type Result } from '#contract/errors';
import type { History } from '../history/history.ts';
import type { SettingsStore } from '../settings/settings.ts';
import type { RecordingStore } from '../recordings/store.ts';
import { backupPath } from './backupPath.ts';
import { planPruning, pruneRuns, recordingFacts } from './pruning.ts';

export interface HistoryHandlerOptions {
  history: History;
  settings: SettingsStore;
  /** null: nothing is kept on this machine. */
  recordings: RecordingStore | null;
  publish: Publish;
  /** Path of the database file, or `:memory:`. */
  database: string;
}

export function createHistoryHandlers(options: HistoryHandlerOptions): ApiHandlers['history'] {
  const { history, settings, recordings, publish, database } = options;
  let copying: AbortController | null = null;
  let pruning = false;

  const copy = async (
    file: string,
    signal: AbortSignal,
  ): Promise<Result<{ path: string; bytes: number }>> => {
    const say = (state: 'working' | 'finished' | 'failed' | 'cancelled', done: number) =>
      publish('history', 'progress', { what: 'backup', state, done });
    say('working', 0);
    const copied = await history.backup(file, (done) => say('working', done), signal);
    if (!copied.ok) {
      say(copied.error.code === 'cancelled' ? 'cancelled' : 'failed', 0);
      return copied;
    }
    // The copy is there even if that cannot be remembered.
    settings.update({ lastBackup: { at: new Date().toISOString(), path: file } });
    say('finished', 1);
    return ok({ path: file, bytes: copied.value });
  };

  return {
    async facts() {
      const [facts, recorded] = await Promise.all([history.facts(), recordingFacts(recordings)]);
      if (!facts.ok) return facts;
      const { retention = null, lastBackup = null, lastRemoval = null } = settings.get();
      return ok({
        ...facts.value,
        file: database === ':memory:' ? '' : database,
        recordings: recorded,
        retention,
        lastBackup,
        lastRemoval,
      });
    },
    async backup({ path }) {
      if (copying !== null) {
        return fail(
          'conflict',
          'backup_in_progress',
          'A copy of the history is being made already: wait for it, or cancel it.',
        );
      }
      const file = backupPath(database, path);
      if (!file.ok) return file;
      copying = new AbortController();
      try {
        return await copy(file.value, copying.signal);
      } finally {
        copying = null;
      }
    },
    cancelBackup() {
      copying?.abort();
      return ok(undefined);
    },
    prunePlan: (rule) => planPruning({ history, recordings }, rule),
    async prune({ runIds }) {
      if (pruning)
        return fail('conflict', 'prune_in_progress', 'Runs are being removed already: wait for that to end.');
      pruning = true;
      publish('history', 'progress', { what: 'prune', state: 'working', done: 0 });
      try {
        const pruned = await pruneRuns({ history, recordings }, runIds);
        const state = pruned.ok ? 'finished' : 'failed';
        publish('history', 'progress', { what: 'prune', state, done: 1 });
        return pruned;
      } finally {
        pruning = false;
      }
    },
    setRetention({ retention }) {
      const none = retention === null || (retention.olderThanDays === null && retention.keepNewest === null);
      const changed = settings.update({ retention: none ? undefined : retention });
      return changed.ok ? ok(undefined) : changed;
    },
  };
}
