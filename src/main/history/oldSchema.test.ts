import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SQLite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrations } from './database/migrations/index.ts';
import { openHistory } from './history.ts';
import { anEnded, aRecord, aStep, columnsOf } from './requestTesting.ts';
import { aBatch, anOutcome, aRun, aTurn, value } from './testing.ts';

const runId = '20261121-105314-414a';
const page = { offset: 0, limit: 10 } as const;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-schema-'));
  file = join(folder, 'crosstalk.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file as a version with this schema left it. */
function writtenBy(schema: number): void {
  const db = new SQLite(file);
  for (const step of migrations.slice(0, schema)) db.exec(step);
  const rows = fileURLToPath(new URL(`./fixtures/schema${schema}.sql`, import.meta.url));
  db.exec(readFileSync(rows, 'utf8'));
  db.pragma(`user_version = ${schema}`);
  db.close();
}

it('a run of the schema before the present one has no requests, and new runs beside it have', async () => {
  writtenBy(6);
  const id = '20261121-200000-0006';
  const history = value(await openHistory({ file }));
  expect(value(await history.get(id))).toMatchObject({
    row: {
      ...{ id, starred: true, noted: true, isBaseline: true, verdict: 'pass', ttfaP95: 1102.847 },
      ...{ requestP95: null, requestSuccess: null, requestsPerSecond: null, requestTrend: [] },
    },
    ...{ note: 'Before the upgrade', markers: [{ id: 1, t: 0.5, kind: 'operator', text: 'Restarted' }] },
  });
  expect(value(await history.series(id))).toMatchObject([{ name: 'cpu', t: [1], values: [0.25] }]);
  expect(value(await history.samples(id))).toMatchObject([
    { turnsOk: 1, requestsOk: 0, iterations: 0, request: { count: 0, p50: null }, firstToken: { count: 0 } },
  ]);
  expect(value(await history.requestList({ runId: id }))).toEqual({ total: 0, requests: [] });
  expect(value(await history.requestPlan(id))).toEqual({ steps: [], periods: [] });
  expect(value(await history.requestSummary({ runId: id, by: 'step' }))).toEqual([]);
  expect(value(await history.requestChecks(id))).toEqual([]);

  history.createRun(aRun('new', { steps: [{ ...aStep(0), stage: false }] }));
  history.append('new', aBatch(1, { requests: [{ firstId: 1, columns: columnsOf([anEnded()]) }] }));
  value(await history.finishRun('new', anOutcome('new')));
  expect(value(await history.requestList({ runId: 'new' })).requests).toEqual([aRecord()]);
  value(await history.close());
});

it('a run of an earlier schema is read as it was, and can be starred, noted and made a baseline', async () => {
  writtenBy(5);
  const id = '20261121-120000-0005';
  const history = value(await openHistory({ file }));
  const [row] = value(await history.list({ limit: 10 }));
  expect(row).toMatchObject({
    ...{ id, name: 'Nightly', verdict: 'pass', tags: ['nightly'], ttfaTrend: [1102.847], ttfaP95: 1102.847 },
    ...{ starred: false, noted: false, source: 'crosstalk', isBaseline: false, delta: null },
  });
  expect(value(await history.get(id))).toMatchObject({
    ...{ note: '', markers: [], imported: null, environmentYaml: null, notices: ['Careful'] },
  });
  expect(value(await history.turns({ runId: id, order: 'time', ...page })).turns).toMatchObject([
    { callId: 'c1', startedAt: 500, firstMessageAt: 1200, ttfb: 500, ttfa: 731.647 },
  ]);
  expect(value(await history.samples(id))).toMatchObject([{ t: 1, arrivalsAsked: 4, arrivalsDropped: 1 }]);
  expect(value(await history.series(id))).toEqual([]);
  expect(value(await history.edit(id, { starred: true, note: 'Old' }))).toMatchObject({
    starred: true,
    noted: true,
  });
  expect(value(await history.setBaseline(id, true)).isBaseline).toBe(true);
  value(await history.close());
});

it('a run that an older version wrote is read as it was, beside new ones', async () => {
  writtenBy(2);
  const history = value(await openHistory({ file }));
  const { turns } = value(await history.turns({ runId, order: 'time', ...page }));
  expect(turns).toMatchObject([
    {
      callId: `${runId}-u2-c1`,
      startedAt: 2755.937,
      firstMessageAt: 5256.623,
      transcriptAt: 5256.623,
      firstAudioAt: 5382.789,
      firstAudibleAt: 5382.789,
      agentSilentAt: 6209.984,
      stopMessageAt: 6209.984,
      ttfb: 500.694,
      ttfa: 626.861,
      ttfa_audible: 626.861,
      recognition: 500.694,
      processing: 126.166,
      response: null,
      delivery: null,
      turn_time: null,
      barge_in: 214.37,
      leftover_audio: 0,
    },
    {
      clip: 'Can you help me check my account balance?',
      responseEndAt: 12118.569,
      ttfb: 501.675,
      processing: 49.353,
      response: 3000,
      delivery: 121.335,
      turn_time: 3551.028,
      barge_in: null,
    },
    { status: 'timeout', ttfa: 5000, ttfb: null, error: 'No audio within 5 s of the end of speech' },
  ]);
  expect(
    value(await history.samples(runId)).map(({ arrivalsAsked, arrivalsDropped, generator }) => [
      generator.workers.length,
      arrivalsAsked,
      arrivalsDropped,
    ]),
  ).toEqual([
    [1, 0, 0],
    [1, 0, 0],
  ]);
  // Which command had started it nobody kept then, nor what it had for a load.
  expect(value(await history.get(runId))).toMatchObject({
    origin: { door: 'cli', commandLine: null },
    summary: null,
  });
  expect(value(await history.calls({ runId, ...page })).calls).toMatchObject([
    { connect: 2.483, greeting: 292.222 },
  ]);

  history.createRun(aRun('new'));
  history.append('new', {
    ...{ calls: [], errors: [], turns: [aTurn()], requests: [], kept: [] },
    sample: value(await history.samples(runId))[0] ?? expect.fail('no sample'),
  });
  value(await history.finishRun('new', anOutcome('new')));
  expect(value(await history.turns({ runId: 'new', order: 'time', ...page })).turns).toEqual([aTurn()]);
  value(await history.close());
});
