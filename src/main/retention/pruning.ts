/** Removing runs for good: what it would come to, and doing it, with what was recorded of them. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '#contract/errors';
import type { PrunePlan, Retention } from '#contract/api/history';
import type { History } from '../history/history.ts';
import type { RecordingStore } from '../recordings/store.ts';

/** A history and what was recorded of its runs; no recordings where nothing is kept on this machine. */
export interface KeptRuns {
  history: Pick<History, 'prune' | 'prunePlan' | 'facts'>;
  recordings: Pick<RecordingStore, 'folder' | 'folderOf' | 'remove'> | null;
}

/** Bytes of all files in a folder and below; 0 where there is none. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What all recordings take, and of how many runs there are any. */
export async function recordingFacts(
  recordings: KeptRuns['recordings'],
): Promise<{ folder: string; bytes: number; runs: number }> {
  if (recordings === null) return { folder: '', bytes: 0, runs: 0 };
  const { folder } = recordings;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const runs = entries.filter((entry) => entry.isDirectory()).length;
  return { folder, bytes: await bytesIn(folder), runs };
}

/** What was recorded of these runs takes so many bytes. */
async function recordedBytes(recordings: KeptRuns['recordings'], runIds: readonly string[]): Promise<number> {
  if (recordings === null || runIds.length === 0) return 0;
  const there = new Set(await readdir(recordings.folder).catch(() => []));
  let sum = 0;
  for (const id of runIds) if (there.has(id)) sum += await bytesIn(recordings.folderOf(id));
  return sum;
}

/** What a rule would remove. */
export async function planPruning(kept: KeptRuns, rule: Retention): Promise<Result<PrunePlan>> {
  const plan = await kept.history.prunePlan(rule);
  if (!plan.ok) return plan;
  const runIds = plan.value.runs.map((run) => run.id);
  return ok({ ...plan.value, recordingBytes: await recordedBytes(kept.recordings, runIds) });
}

/** Removes what was recorded of runs that are gone; fails with the first that stays. */
export async function removeRecordings(
  recordings: KeptRuns['recordings'],
  runIds: readonly string[],
): Promise<Result<void>> {
  let failed: Result<void> = ok(undefined);
  for (const id of runIds) {
    const removed = await recordings?.remove(id);
    if (removed?.ok === false && failed.ok) failed = removed;
  }
  return failed;
}

/**
 * Removes these runs for good, but for those that are starred, a baseline or going on; how many went, and how much smaller
 * files are now. Fails where recordings stay; the runs are gone then.
 */
export async function pruneRuns(
  kept: KeptRuns,
  runIds: readonly string[],
): Promise<Result<{ removed: number; bytes: number }>> {
  const { history, recordings } = kept;
  const before = await history.facts();
  const gone = await history.prune(runIds);
  if (!gone.ok) return gone;
  const recorded = await recordedBytes(recordings, gone.value);
  const removed = await removeRecordings(recordings, gone.value);
  if (!removed.ok) return removed;
  const after = await history.facts();
  const smaller = before.ok && after.ok ? Math.max(0, before.value.bytes - after.value.bytes) : 0;
  return ok({ removed: gone.value.length, bytes: smaller + recorded });
}
