import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { LastRemoval, Retention } from '#contract/api/history';
import type { History } from '../history/history.ts';
import { aBatch, anOutcome, aRun, TestHistory, value } from '../history/testing.ts';
import { recordingsIn } from '../recordings/store.ts';
import { openSettings, type SettingsStore } from '../settings/settings.ts';
import { backupPath } from './backupPath.ts';
import { createHistoryHandlers } from './handlers.ts';
import { HistoryKeeper } from './keeper.ts';

const dayMs = 24 * 60 * 60 * 1000;
let home: TestHistory;
let history: History;
let settings: SettingsStore;
let said: unknown[];
beforeEach(async () => {
  home = new TestHistory({ recorder: {} });
  history = await home.open();
  settings = openSettings(join(home.folder, 'settings.json'));
  said = [];
});
afterEach(() => home.remove());

async function finished(id: string, daysAgo: number): Promise<void> {
  history.createRun(aRun(id, { startedAt: Date.now() - daysAgo * dayMs }));
  history.append(id, aBatch(1));
  value(await history.finishRun(id, anOutcome(id)));
  mkdirSync(join(home.folder, 'recordings', id), { recursive: true });
  writeFileSync(join(home.folder, 'recordings', id, 'call.wav'), 'x'.repeat(1000));
}

const recorded = (id: string) => existsSync(join(home.folder, 'recordings', id));

function handlers() {
  return createHistoryHandlers({
    history,
    settings,
    recordings: recordingsIn(home.folder),
    database: home.file,
    publish: (_domain, _name, payload) => said.push(payload),
  });
}

it('says what the history takes, copies it beside itself and remembers where', async () => {
  await finished('r1', 1);
  const api = handlers();
  expect(value(await api.facts(undefined))).toMatchObject({
    ...{ file: home.file, runs: 1, turns: 1, retention: null, lastBackup: null },
    recordings: { bytes: 1000, runs: 1 },
  });
  const first = value(await api.backup({}));
  const second = value(await api.backup({}));
  expect(second.path).toBe(first.path.replace('.db', '-2.db'));
  expect(statSync(first.path).size).toBe(first.bytes);
  expect(value(await api.facts(undefined)).lastBackup?.path).toBe(second.path);
  expect(said.at(-1)).toEqual({ what: 'backup', state: 'finished', done: 1 });
  expect(await api.backup({ path: 'copy.db' })).toMatchObject({ error: { code: 'path_not_absolute' } });
  expect(await api.backup({ path: first.path })).toMatchObject({ error: { code: 'file_exists' } });
});

it('removes what a plan named, with its recordings', async () => {
  await finished('new', 1);
  await finished('old', 40);
  const api = handlers();
  const plan = value(await api.prunePlan({ olderThanDays: 30, keepNewest: null }));
  expect(plan).toMatchObject({ runs: [{ id: 'old' }], recordingBytes: 1000, kept: 0 });
  expect(value(await api.prune({ runIds: ['old'] }))).toMatchObject({ removed: 1 });
  expect([recorded('old'), recorded('new')]).toEqual([false, true]);
});

it('a rule that keeps everything is none', async () => {
  const api = handlers();
  value(await api.setRetention({ retention: { olderThanDays: 30, keepNewest: null } }));
  expect(settings.get().retention).toEqual({ olderThanDays: 30, keepNewest: null });
  value(await api.setRetention({ retention: { olderThanDays: null, keepNewest: null } }));
  expect(settings.get().retention).toBeUndefined();
});

it('what nobody wants goes by itself, once nothing is going on', async () => {
  for (const [id, days] of [
    ['new', 1],
    ['old', 40],
    ['starred', 50],
    ['deleted', 1],
  ] as const)
    await finished(id, days);
  value(await history.edit('starred', { starred: true }));
  value(await history.remove('deleted'));
  let busy = true;
  let looked = 0;
  const removed: LastRemoval[] = [];
  const retention: Retention = { olderThanDays: 30, keepNewest: null };
  const keeper = new HistoryKeeper({
    history,
    recordings: recordingsIn(home.folder),
    retention: () => retention,
    busy: () => {
      looked += 1;
      return busy;
    },
    removed: (what) => removed.push(what),
    times: { firstMs: 1, busyMs: 5 },
  });
  await eventually(() => expect(looked).toBeGreaterThan(1));
  expect(removed).toEqual([]);
  busy = false;
  await eventually(() => expect(removed).toMatchObject([{ byRetention: 1, deleted: 0 }]));
  await keeper.close();
  expect(['new', 'old', 'starred', 'deleted'].map(recorded)).toEqual([true, false, true, true]);
  // Deleted only now, it can still be brought back.
  expect(value(await history.restore('deleted')).id).toBe('deleted');
});

it('nothing is copied where nothing is kept', () => {
  expect(backupPath(':memory:', undefined)).toMatchObject({ error: { code: 'nothing_kept' } });
});
