import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory, type History } from './history.ts';
import type { ImportedRecord } from './records.ts';
import { aBatch, aCall, anError, anOutcome, aRun, aSummary, aTurn, TestHistory, value } from './testing.ts';

let home: TestHistory;
let history: History;
beforeEach(async () => {
  home = new TestHistory({ recorder: {} });
  history = await home.open();
});
afterEach(() => home.remove());

const page = { offset: 0, limit: 10 } as const;
const dayMs = 24 * 60 * 60 * 1000;
const ids = async () => value(await history.list({ limit: 100 })).map((row) => row.id);

async function finished(id: string, daysAgo: number, turns = 1): Promise<void> {
  history.createRun(aRun(id, { startedAt: Date.now() - daysAgo * dayMs }));
  const spoken = Array.from({ length: turns }, (_, i) => aTurn({ turn: i + 1 }));
  history.append(id, aBatch(1, { turns: spoken, calls: [aCall()], errors: [anError()] }));
  value(await history.finishRun(id, anOutcome(id)));
}

/** How many rows every table has. */
function rows(): Record<string, number> {
  const db = new SQLite(home.file, { readonly: true });
  const tables = db
    .prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .all();
  const counts = tables.map(({ name }): [string, number] => [
    name,
    db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${name}`).get()?.n ?? 0,
  ]);
  db.close();
  return Object.fromEntries(counts.filter(([, n]) => n > 0));
}

describe('a deleted run', () => {
  it('is off the list, comes back whole, and goes for good after its time', async () => {
    await finished('r1', 1);
    await finished('r2', 2);
    value(await history.remove('r1'));
    expect(await ids()).toEqual(['r2']);
    expect(await history.samples('r1')).toMatchObject({ error: { code: 'run_deleted' } });
    expect(value(await history.purge(7 * dayMs))).toEqual([]);
    expect(value(await history.restore('r1'))).toMatchObject({ id: 'r1', state: 'finished' });
    expect(value(await history.turns({ runId: 'r1', order: 'time', ...page })).total).toBe(1);
    value(await history.remove('r1'));
    expect(value(await history.purge(-1))).toEqual(['r1']);
    expect(await history.restore('r1')).toMatchObject({ error: { code: 'run_not_found' } });
    expect(rows()).toMatchObject({ runs: 1, turns: 1, calls: 1, errors: 1, samples: 1, histograms: 1 });
  });
});

describe('pruning', () => {
  it('keeps what either part of the rule keeps, what is starred, a baseline, or goes on', async () => {
    for (const days of [1, 10, 40, 50, 60, 70]) await finished(`d${days}`, days);
    history.createRun(aRun('going', { startedAt: Date.now() - 80 * dayMs }));
    history.append('going', aBatch(1));
    await eventually(async () => expect(await ids()).toContain('going'));
    value(await history.edit('d60', { starred: true }));
    value(await history.setBaseline('d70', true));
    const plan = async (olderThanDays: number | null, keepNewest: number | null) => {
      const { runs, kept, bytes } = value(await history.prunePlan({ olderThanDays, keepNewest }));
      expect(bytes > 0).toBe(runs.length > 0);
      return [runs.map((run) => run.id), kept];
    };
    expect(await plan(null, null)).toEqual([[], 0]);
    expect(await plan(30, null)).toEqual([['d40', 'd50'], 2]);
    expect(await plan(30, 3)).toEqual([['d50'], 2]);
    expect(await plan(null, 1)).toEqual([['d10', 'd40', 'd50'], 2]);
    // One that was starred since the plan was made stays.
    value(await history.edit('d40', { starred: true }));
    expect(value(await history.prune(['d40', 'd50', 'd70', 'going', 'nobody']))).toEqual(['d50']);
    expect(await ids()).toEqual(['d1', 'd10', 'd40', 'd60', 'd70', 'going']);
  });

  it('gives the space of a large run back, while another one is written', async () => {
    await finished('large', 10, 20_000);
    const before = value(await history.facts());
    expect(before).toMatchObject({ runs: 1, turns: 20_000, deleted: 0 });
    history.createRun(aRun('going'));
    const pruned = history.prune(['large']);
    for (let t = 1; t <= 5; t++) history.append('going', aBatch(t));
    expect(value(await pruned)).toEqual(['large']);
    value(await history.finishRun('going', anOutcome('going')));
    expect(value(await history.samples('going'))).toHaveLength(5);
    expect(value(await history.facts())).toMatchObject({ runs: 1, turns: 5, freeBytes: 0 });
    await history.close();
    expect(statSync(home.file).size).toBeLessThan(before.bytes / 4);
  });

  it('that was interrupted is finished by the next one', async () => {
    await finished('half', 10);
    const db = new SQLite(home.file);
    db.exec(`UPDATE runs SET stage = 'going'`);
    db.close();
    expect(await ids()).toEqual([]);
    expect(value(await history.purge(7 * dayMs))).toEqual(['half']);
    expect(rows().runs).toBeUndefined();
  });
});

function aRecord(id: string, more: Partial<ImportedRecord> = {}): ImportedRecord {
  return {
    run: aRun(id, { scenarioYaml: '' }),
    imported: {
      source: 'locust',
      files: ['stats.csv'],
      importedAt: '2026-11-21T10:00:00.000Z',
      missing: ['Locust does not say how long a single turn took.'],
    },
    note: 'From the old rig',
    markers: [{ t: 3, text: 'deploy', kind: 'operator' }],
    series: [
      {
        id: 1,
        group: 'imported',
        of: 'turn',
        name: 'p95',
        unit: 'ms',
        t: [0, 1, 2],
        values: [1, null, 3],
        problem: null,
      },
    ],
    notices: ['The last line was cut off'],
    batches: [1, 2, 3].map((t) => aBatch(t, { calls: [aCall()], errors: [anError()] })),
    summary: aSummary(id),
    durationMs: 3000,
    histograms: anOutcome(id).histograms,
    ...more,
  };
}

describe('an imported run', () => {
  it('has everything that came with it', async () => {
    const row = value(await history.importRun(aRecord('r1')));
    expect(row).toMatchObject({
      id: 'r1',
      source: 'locust',
      state: 'finished',
      noted: true,
      durationMs: 60_000,
    });
    const detail = value(await history.get('r1'));
    expect(detail).toMatchObject({
      note: 'From the old rig',
      markers: [{ id: 1, t: 3, text: 'deploy' }],
      notices: ['The last line was cut off'],
      imported: aRecord('r1').imported,
      summary: aSummary('r1'),
    });
    expect(value(await history.series('r1'))).toEqual(aRecord('r1').series);
    expect(value(await history.samples('r1'))).toHaveLength(3);
    expect(value(await history.turns({ runId: 'r1', order: 'time', ...page })).total).toBe(3);
    expect(value(await history.histograms('r1'))).toEqual(anOutcome('r1').histograms);
  });

  it('gets an id of its own where that is taken', async () => {
    await finished('r1', 1);
    const row = value(await history.importRun(aRecord('r1')));
    expect(row.id).toBe('r1-2');
    expect(value(await history.get('r1-2')).summary?.run_id).toBe('r1-2');
    expect(value(await history.get('r1')).row.source).toBe('crosstalk');
  });

  it('without a summary is as long as it says, with the percentiles of its turns', async () => {
    const row = value(await history.importRun(aRecord('r1', { summary: null })));
    expect(row).toMatchObject({ state: 'finished', durationMs: 3000, verdict: null, ttfaP95: 612.344 });
  });

  it('is seen only when it is whole', async () => {
    const seen: string[][] = [];
    async function* slowly() {
      for (let t = 1; t <= 3; t++) {
        seen.push(await ids());
        yield aBatch(t, { turns: Array.from({ length: 2500 }, () => aTurn()) });
      }
    }
    value(await history.importRun(aRecord('r1', { batches: slowly() })));
    expect(seen).toEqual([[], [], []]);
    expect(await ids()).toEqual(['r1']);
  });

  it('leaves nothing behind when it fails', async () => {
    async function* broken() {
      yield await Promise.resolve(aBatch(1, { turns: Array.from({ length: 2500 }, () => aTurn()) }));
      throw new Error('line 7 is not JSON');
    }
    expect(await history.importRun(aRecord('r1', { batches: broken() }))).toMatchObject({
      ok: false,
      error: { message: 'line 7 is not JSON' },
    });
    expect(rows()).toEqual({});
  });

  it('leaves nothing behind when it is cancelled', async () => {
    const stop = new AbortController();
    function* cancelled() {
      yield aBatch(1);
      stop.abort();
      yield aBatch(2);
    }
    const imported = await history.importRun(aRecord('r1', { batches: cancelled() }), stop.signal);
    expect(imported).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(rows()).toEqual({});
  });

  it('of a process that died is removed by the next purge', async () => {
    value(await history.importRun(aRecord('r1')));
    const db = new SQLite(home.file);
    db.exec(
      `UPDATE runs SET stage = 'arriving', state = 'running', owner_host = 'elsewhere', heartbeat_at = 0`,
    );
    db.close();
    expect(value(await history.purge(0))).toEqual(['r1']);
    expect(rows()).toEqual({});
  });
});

describe('a copy of the history', () => {
  const never = new AbortController().signal;

  it('has what was there when it was begun, while a run goes on', async () => {
    await finished('r1', 1, 20_000);
    history.createRun(aRun('going'));
    const target = join(home.folder, 'copy.db');
    const progress: number[] = [];
    const copied = history.backup(target, (done) => progress.push(done), never);
    for (let t = 1; t <= 3; t++) history.append('going', aBatch(t));
    expect(value(await copied)).toBe(statSync(target).size);
    expect(statSync(target).mode & 0o077).toBe(0);
    value(await history.finishRun('going', anOutcome('going')));
    const copy = value(await openHistory({ file: target }));
    expect(value(await copy.turns({ runId: 'r1', order: 'time', ...page })).total).toBe(20_000);
    value(await copy.close());
    expect(progress.every((done) => done >= 0 && done <= 1)).toBe(true);
  });

  it('is never written over a file', async () => {
    await finished('r1', 1);
    const target = join(home.folder, 'copy.db');
    writeFileSync(target, 'mine');
    expect(await history.backup(target, () => {}, never)).toMatchObject({ error: { code: 'file_exists' } });
    expect(statSync(target).size).toBe(4);
  });

  it('says why it cannot be made, and leaves no file', async () => {
    await finished('r1', 1);
    const target = join(home.folder, 'nowhere', 'copy.db');
    expect(await history.backup(target, () => {}, never)).toMatchObject({
      error: {
        message: `The history could not be copied to ${target}: its folder is not there. Choose another place, or try again.`,
      },
    });
    const within = join(home.folder, 'a-file');
    writeFileSync(within, 'mine');
    expect(await history.backup(join(within, 'copy.db'), () => {}, never)).toMatchObject({
      error: { message: expect.stringContaining('a file is where its folder should be') as string },
    });
  });

  it('that is cancelled leaves no file', async () => {
    await finished('r1', 1, 20_000);
    const target = join(home.folder, 'copy.db');
    const stop = AbortSignal.abort();
    expect(await history.backup(target, () => {}, stop)).toMatchObject({ error: { code: 'cancelled' } });
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(home.folder).filter((name) => name.includes('copy'))).toEqual([]);
  });
});
