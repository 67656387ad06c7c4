import { withoutRequests } from '#contract/withoutRequests';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { openHistory, type History, type HistoryOptions } from './history.ts';
import { aBatch, aCall, anError, anOutcome, aRun, aSample, aTurn, value } from './testing.ts';

let folder: string;
let file: string;
const opened: History[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-history-'));
  file = join(folder, 'crosstalk.db');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((history) => history.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function open(more: Partial<HistoryOptions> = {}): Promise<History> {
  const history = value(await openHistory({ file, ...more }));
  opened.push(history);
  return history;
}

const all = { offset: 0, limit: 1000 } as const;

describe('a run in the history', () => {
  it('comes back as it was', async () => {
    const history = await open();
    const turns = [
      aTurn({ callId: 'a', ttfa: 500 }),
      aTurn({ callId: 'b', ttfa: 900, startedAt: 900 }),
      aTurn({
        callId: 'a',
        turn: 2,
        status: 'failed',
        ttfa: null,
        error: 'dropped',
        conversation: 'quick',
        startedAt: 5000,
      }),
    ];
    const calls = [aCall(), aCall({ callId: 'b', outcome: 'failed', connectedAt: null, error: 'refused' })];
    const errors = [
      anError(),
      anError({ at: 6000, message: 'again' }),
      anError({ kind: 'dns', message: 'no such host' }),
    ];
    history.createRun(aRun('r1'));
    const sample = aSample(1, { errors: { refused: 2, dns: 1 }, arrivalsAsked: 12, arrivalsDropped: 2 });
    history.append('r1', { ...aBatch(1), sample, turns, calls, errors });
    history.append('r1', aBatch(2, { turns: [] }));
    history.notice('r1', 'The disk is nearly full');
    const load = {
      executors: ['constant-arrival-rate'],
      arrivals: { asked: 12, started: 10, dropped: 2, asked_per_s: 6, achieved_per_s: 5 },
      breaking_point: null,
    };
    expect(await history.finishRun('r1', anOutcome('r1', { load }))).toEqual({ ok: true, value: undefined });

    expect(value(await history.samples('r1'))).toEqual([sample, aSample(2)]);
    const query = { runId: 'r1', ...all };
    expect(value(await history.turns({ ...query, order: 'newest' }))).toEqual({
      total: 3,
      turns: [...turns].reverse(),
    });
    const [first, second, third] = turns;
    expect(value(await history.turns({ ...query, order: 'time' })).turns).toEqual([second, first, third]);
    expect(value(await history.turns({ ...query, order: 'slowest' })).turns).toEqual([second, first, third]);
    expect(value(await history.turns({ ...query, order: 'time', status: 'failed' }))).toEqual({
      total: 1,
      turns: [third],
    });
    expect(value(await history.turns({ ...query, order: 'time', conversation: 'quick' })).turns).toEqual([
      third,
    ]);
    expect(value(await history.turns({ ...query, order: 'time', turn: 1, limit: 1 }))).toEqual({
      total: 2,
      turns: [second],
    });
    expect(value(await history.calls({ runId: 'r1', ...all }))).toEqual({ total: 2, calls });
    expect(value(await history.errors('r1'))).toMatchObject([
      { kind: 'refused', count: 2, firstAt: 4000, lastAt: 6000, example: 'again' },
      { kind: 'dns', count: 1, firstAt: 4000, lastAt: 4000, example: 'no such host' },
    ]);
    expect(value(await history.histograms('r1'))).toEqual(anOutcome('r1').histograms);

    const detail = value(await history.get('r1'));
    expect(detail).toMatchObject({
      clock: aRun('r1').clock,
      origin: aRun('r1').origin,
      seed: 7,
      scenarioYaml: aRun('r1').scenarioYaml,
      notices: ['The disk is nearly full'],
      summary: anOutcome('r1', { load }).summary,
      thresholds: anOutcome('r1').summary.thresholds,
    });
    expect(detail.row).toEqual({
      id: 'r1',
      name: 'Run r1',
      scenario: 'Insurance inquiry',
      environment: 'practice',
      state: 'finished',
      startedAt: '2026-11-21T08:30:12.000Z',
      durationMs: 60_000,
      plannedMs: 60_000,
      peakCalls: 3,
      verdict: 'pass',
      trusted: true,
      ended: 'completed',
      ttfaP50: 610,
      ttfaP95: 980,
      bargeInP95: null,
      ...withoutRequests.row,
      turnSuccess: 0.9,
      errors: 3,
      tags: ['nightly'],
      ttfaTrend: [901, 902],
      starred: false,
      noted: false,
      source: 'crosstalk',
      isBaseline: false,
      delta: null,
    });
  });

  it('shows how far it has come while it goes on, to another process too', async () => {
    const [writing, watching] = [await open(), await open()];
    const changes: (string | null)[] = [];
    watching.onChange((runId) => changes.push(runId));
    writing.createRun(aRun('r1'));
    for (let t = 1; t <= 3; t++) writing.append('r1', aBatch(t));
    await eventually(async () => expect(value(await watching.samples('r1'))).toHaveLength(3));
    const [row] = value(await watching.list({ limit: 10 }));
    expect(row).toMatchObject({
      state: 'running',
      durationMs: 3000,
      peakCalls: 3,
      turnSuccess: 1,
      ttfaP95: 903,
    });
    expect(row?.ttfaTrend).toEqual([901, 902, 903]);
    await eventually(() => expect(changes).toContain(null));
  });

  it('is listed newest first and can be removed, but not while it goes on', async () => {
    const history = await open();
    history.createRun(aRun('old', { startedAt: 1000 }));
    history.createRun(aRun('new', { startedAt: 2000 }));
    value(await history.finishRun('old', anOutcome('old')));
    history.append('new', aBatch(1));
    await eventually(async () => expect(value(await history.samples('new'))).toHaveLength(1));
    expect(value(await history.list({ limit: 10 })).map((row) => row.id)).toEqual(['new', 'old']);
    expect(value(await history.list({ limit: 1 })).map((row) => row.id)).toEqual(['new']);
    expect(await history.remove('new')).toMatchObject({ ok: false, error: { code: 'run_in_progress' } });
    expect(await history.remove('old')).toEqual({ ok: true, value: undefined });
    expect(await history.get('old')).toMatchObject({ ok: false, error: { code: 'run_deleted' } });
    expect(value(await history.purge(-1))).toEqual(['old']);
    expect(await history.get('old')).toMatchObject({ ok: false, error: { kind: 'not_found' } });
    const db = new SQLite(file);
    expect(db.prepare('SELECT count(*) AS n FROM histograms').get()).toEqual({ n: 0 });
    db.close();
  });

  it('keeps no secrets', async () => {
    const history = await open();
    const scenarioYaml = 'environment: { url: "wss://h/x?code=s3cret", headers: { x-api-key: s3cret } }\n';
    history.createRun(aRun('r1', { scenarioYaml, applied: ['--url wss://h/x?token=s3cret'] }));
    history.append('r1', aBatch(1, { errors: [anError({ message: 'GET wss://h/x?sig=s3cret failed' })] }));
    value(await history.finishRun('r1', anOutcome('r1', { applied: ['--url wss://h/x?token=s3cret'] })));
    expect(JSON.stringify(value(await history.get('r1')))).not.toContain('s3cret');
    expect(JSON.stringify(value(await history.errors('r1')))).not.toContain('s3cret');
  });
});

describe('openHistory', () => {
  it('refuses the file of a newer version in one sentence', async () => {
    value(await (await open()).close());
    const db = new SQLite(file);
    db.exec('PRAGMA user_version = 1000');
    db.close();
    const result = await openHistory({ file });
    expect(result).toMatchObject({ ok: false, error: { kind: 'refused', code: 'newer_history' } });
  });

  it('says why when the file cannot be opened', async () => {
    writeFileSync(file, 'this is not a database, however long the text that stands in it');
    const damaged = await openHistory({ file });
    expect(damaged).toMatchObject({
      ok: false,
      error: { message: `The history ${file} cannot be opened: the database file is damaged.` },
    });
    const nowhere = await openHistory({ file: join(folder, 'missing', 'crosstalk.db') });
    expect(nowhere).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
  });

  it('fails with the real cause when the worker cannot start', async () => {
    const broken = join(folder, 'broken.mjs');
    writeFileSync(broken, `throw new Error('libsqlite is missing')`);
    const result = await openHistory({ file, workerEntry: broken });
    expect(result).toMatchObject({ ok: false, error: { cause: { message: 'libsqlite is missing' } } });
  });
});
