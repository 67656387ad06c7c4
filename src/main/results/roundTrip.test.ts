import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ReportKind } from '#contract/api/reports';
import { openHistory, type History } from '../history/history.ts';
import { aKept, anEnded, aRecord, aStep, columnsOf } from '../history/requestTesting.ts';
import { aBatch, aCall, anError, anOutcome, aRun, aTurn, value } from '../history/testing.ts';
import { createReportHandlers, type ReportHandlers } from '../reports/handlers.ts';
import { keepResults, lookAt } from './importResults.ts';

let folder: string;
let own: History;
let other: History;
let reports: ReportHandlers;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-round-trip-'));
  own = value(await openHistory({ file: ':memory:' }));
  other = value(await openHistory({ file: ':memory:' }));
  reports = createReportHandlers({
    history: own,
    waiting: join(folder, 'waiting'),
    exports: () => join(folder, 'exports'),
    publish: () => undefined,
  });
  const steps = [{ ...aStep(0), stage: false }];
  own.createRun(aRun('r1', { steps, periods: [{ name: 'cold', from: 0, to: 2000 }] }));
  for (let t = 1; t <= 5; t++)
    own.append(
      'r1',
      aBatch(t, {
        turns: [aTurn({ turn: t, startedAt: t * 1000 - 400 })],
        calls: [aCall({ callId: `call-${t}`, startedAt: t * 1000 - 500 })],
        errors: [anError({ at: t * 1000 - 300 })],
        requests: [
          {
            firstId: 2 * t - 1,
            columns: columnsOf([anEnded({ intendedAt: t * 1000 - 200 }), anEnded({ excluded: 'generator' })]),
          },
        ],
        kept: [aKept(aRecord({ id: 2 * t }))],
      }),
    );
  value(await own.finishRun('r1', anOutcome('r1')));
});
afterEach(async () => {
  reports.close();
  await own.close();
  await other.close();
  rmSync(folder, { recursive: true });
});

async function throughFile(kind: ReportKind) {
  const saved = value(await reports.handlers.save({ runId: 'r1', kind }));
  const files = saved.files.map((name) => {
    const path = join(saved.folder, basename(name));
    return { name: basename(name), path, bytes: statSync(path).size };
  });
  const reading = { signal: new AbortController().signal, onProgress: () => undefined, folder };
  const understood = value(await lookAt(files, reading));
  const before = value(await own.get('r1'));
  expect(understood.found).toMatchObject({
    kind: 'crosstalk',
    name: before.row.name,
    scenario: before.row.scenario,
    environment: before.row.environment,
  });
  const context = { door: 'cli' as const, files: files.map(({ name }) => name), now: new Date() };
  const outcome = value(
    await keepResults(files, understood, { history: other, naming: {}, context, reading }),
  );
  return { outcome, before, after: value(await other.get(outcome.row.id)) };
}

const page = { order: 'time' as const, offset: 0, limit: 100 };

it('an archive comes back with every record of it', async () => {
  const { outcome, before, after } = await throughFile('archive');
  expect(after.summary).toEqual(before.summary);
  expect(after.clock).toEqual(before.clock);
  expect(outcome.row).toMatchObject({ id: 'r1', source: 'crosstalk', verdict: before.row.verdict });
  const turns = value(await own.turns({ runId: 'r1', ...page }));
  expect(turns.total).toBe(5);
  expect(value(await other.turns({ runId: 'r1', ...page }))).toEqual(turns);
  const calls = { runId: 'r1', offset: 0, limit: 100 };
  expect(value(await other.calls(calls))).toEqual(value(await own.calls(calls)));
  expect(value(await other.samples('r1'))).toEqual(value(await own.samples('r1')));
  expect(value(await other.errors('r1'))).toEqual(value(await own.errors('r1')));
  expect(value(await other.histograms('r1'))).toEqual(value(await own.histograms('r1')));
  const requests = value(await own.requestList(calls));
  expect(requests.total).toBe(10);
  expect(value(await other.requestList(calls))).toEqual(requests);
  expect(value(await other.requestsKept(calls))).toEqual(value(await own.requestsKept(calls)));
  expect(value(await other.requestPlan('r1'))).toEqual(value(await own.requestPlan('r1')));
  const ofPeriod = { runId: 'r1', by: 'step', period: 'cold' } as const;
  expect(value(await other.requestSummary(ofPeriod))).toEqual(value(await own.requestSummary(ofPeriod)));
  expect(outcome.notes).toEqual([]);
});

it('the full JSON comes back without single turns, and says so', async () => {
  const { outcome, before, after } = await throughFile('json');
  expect(after.summary).toEqual(before.summary);
  expect(value(await other.samples('r1'))).toEqual(value(await own.samples('r1')));
  expect(value(await other.errors('r1'))[0]?.count).toBe(5);
  expect(outcome.missing[0]).toContain('no single turns');
});

it('our Locust CSV files are read as Locust’s', async () => {
  const saved = value(await reports.handlers.save({ runId: 'r1', kind: 'locust_csv' }));
  const files = saved.files.map((name) => {
    const path = join(saved.folder, basename(name));
    return { name: basename(name), path, bytes: statSync(path).size };
  });
  const reading = { signal: new AbortController().signal, onProgress: () => undefined, folder };
  const understood = value(await lookAt(files, reading));
  expect(understood.found).toMatchObject({ kind: 'locust_csv', problem: null });
  expect(understood.found.files.every(({ understood: ok }) => ok)).toBe(true);
});
