import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory, type History, type HistoryOptions } from './history.ts';
import { aBatch, anOutcome, aRun, aTurn, value } from './testing.ts';

let folder: string;
let file: string;
let history: History;
let notices: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-trouble-'));
  file = join(folder, 'crosstalk.db');
  notices = [];
});
afterEach(async () => {
  await history.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(more: Partial<HistoryOptions> = {}): Promise<void> {
  const recorder = { retryMs: 20, finalMs: 200, lastMs: 50, ...more.recorder };
  history = value(await openHistory({ file, lockWaitMs: 0, ...more, recorder }));
  history.onNotice((notice) => notices.push(notice.message));
}

describe('a database that another program holds locked', () => {
  it('keeps what a run records and writes it later, saying so once each', async () => {
    await open();
    const other = new SQLite(file);
    history.createRun(aRun('r1'));
    history.append('r1', aBatch(1));
    await eventually(async () => expect(value(await history.samples('r1'))).toHaveLength(1));

    other.exec('BEGIN EXCLUSIVE');
    for (let t = 2; t <= 30; t++) history.append('r1', aBatch(t));
    await eventually(() => expect(notices).toHaveLength(1));
    expect(notices[0]).toBe(
      'History cannot be written: another program holds the database locked; kept in memory, retrying.',
    );
    expect(value(await history.samples('r1')), 'reading goes on').toHaveLength(1);
    expect(await history.finishRun('r1', anOutcome('r1'))).toMatchObject({
      ok: false,
      error: {
        code: 'history_incomplete',
        message: expect.stringContaining('29 s of this run are still kept') as string,
      },
    });

    other.exec('ROLLBACK');
    other.close();
    await eventually(() => expect(notices).toHaveLength(2));
    expect(notices[1]).toBe('History is written again; nothing was lost.');
    await eventually(async () => expect(value(await history.get('r1')).row.state).toBe('finished'));
    expect(value(await history.samples('r1')).map((sample) => sample.t)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    await eventually(async () => expect(value(await history.get('r1')).notices).toEqual(notices));
  });
});

describe('a full disk', () => {
  it('keeps what a run records until there is room again', async () => {
    await open();
    history.createRun(aRun('old'));
    // Long texts fill pages quickly.
    const fill = (n: number) => aTurn({ turn: n, error: `${n} ${'x'.repeat(20_000)}` });
    for (let t = 1; t <= 20; t++) history.append('old', aBatch(t, { turns: [fill(t)] }));
    // The end of a run waits a moment only for what is not written yet.
    await eventually(async () => expect(value(await history.samples('old'))).toHaveLength(20));
    value(await history.finishRun('old', anOutcome('old')));
    await history.close();
    const pages = Math.ceil(statSync(file).size / 4096);

    await open({ maxPages: pages + 2 });
    history.createRun(aRun('new'));
    for (let t = 1; t <= 10; t++) history.append('new', aBatch(t, { turns: [fill(t)] }));
    await eventually(() => expect(notices).toHaveLength(1));
    expect(notices[0]).toBe('History cannot be written: the disk is full; kept in memory, retrying.');

    expect(value(await history.prune(['old']))).toEqual(['old']);
    await eventually(() => expect(notices).toHaveLength(2));
    expect(await history.finishRun('new', anOutcome('new'))).toEqual({ ok: true, value: undefined });
    expect(value(await history.turns({ runId: 'new', order: 'time', offset: 0, limit: 10 })).total).toBe(10);
  });
});
