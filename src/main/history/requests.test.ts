import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { History } from './history.ts';
import { aKept, anEnded, aRecord, aStep, columnsOf } from './requestTesting.ts';
import { aBatch, anOutcome, aRun, aSample, TestHistory, value } from './testing.ts';

const steps = [
  { ...aStep(0, { name: 'login', type: 'POST', user: 'setup' }), stage: true },
  { ...aStep(1, { name: 'clients', phase: 'read', checks: ['status is 200'] }), stage: false },
  { ...aStep(2, { name: 'search', phase: 'read', checks: ['a', 'b'] }), stage: false },
  { ...aStep(3, { name: 'chat', user: 'talkers', phase: 'chat', group: 'talk' }), stage: false },
];
const periods = [
  { name: 'cold', from: 0, to: 1000 },
  { name: 'warm', from: 1000, to: 3000 },
];
/** So long ago that a rule removes it. */
const run = { steps, periods, startedAt: Date.UTC(2020, 1, 1) };
const page = { offset: 0, limit: 100 };

let test: TestHistory;
let history: History;
beforeEach(async () => {
  test = new TestHistory({ recorder: { retryMs: 20, lastMs: 50 } });
  history = await test.open();
});
afterEach(() => test.remove());

/** Two seconds: ten requests of each of three steps, and one of set-up before them. */
function record(id: string): void {
  history.createRun(aRun(id, run));
  const ofSecond = (t: number) =>
    [1, 2, 3].flatMap((step) =>
      Array.from({ length: 10 }, (_, i) =>
        anEnded({
          ...{
            step,
            vu: i + 1,
            iteration: t,
            intendedAt: (t - 1) * 1000 + i * 100 + step,
            request: step * 100 + i,
          },
          ...(step === 3 ? { first_token: 20 + i, tokens_per_second: 50 } : {}),
          ...(i === 9
            ? { outcome: 'failed', status: 503, error: 'http_503', checksFailed: 1 }
            : { checksPassed: 1 }),
        }),
      ),
    );
  history.append(
    id,
    aBatch(1, {
      sample: aSample(1, {
        at: 1000,
        requestsOk: 27,
        requestsFailed: 3,
        iterations: 10,
        request: { count: 27, p50: 200, p95: 307, p99: 308 },
        firstToken: { count: 9, p50: 24, p95: 28, p99: 28 },
      }),
      turns: [],
      requests: [
        { firstId: 1, columns: columnsOf([anEnded({ step: 0, intendedAt: -500, request: 9000 })]) },
        { firstId: 2, columns: columnsOf(ofSecond(1)) },
      ],
      kept: [
        aKept(aRecord({ id: 11, step: 1, error: 'http_503' }), {
          requestHeaders: [['authorization', 'Bearer abcdefgh']],
        }),
      ],
    }),
  );
  history.append(
    id,
    aBatch(2, {
      sample: aSample(2, { at: 2000, requestsOk: 27, requestsFailed: 3 }),
      turns: [],
      requests: [{ firstId: 32, columns: columnsOf(ofSecond(2)) }],
    }),
  );
}

describe('requests of a run', () => {
  beforeEach(async () => {
    record('r');
    await eventually(async () => expect((await list({ limit: 1 })).total).toBe(61));
  });

  const list = async (query: Omit<Parameters<History['requestList']>[0], 'runId'>) =>
    value(await history.requestList({ runId: 'r', ...query }));

  it('are listed in order of their end, or newest first, a page at a time', async () => {
    const first = await list({ offset: 0, limit: 3 });
    expect(first.total).toBe(61);
    expect(first.requests.map(({ id, step }) => [id, step])).toEqual([[1, 0], [2, 1], [3, 1]]); // prettier-ignore
    expect((await list({ offset: 59, limit: 10 })).requests.map(({ id }) => id)).toEqual([60, 61]);
    expect((await list({ newest: true, offset: 29, limit: 3 })).requests.map(({ id }) => id)).toEqual([
      32, 31, 30,
    ]);
  });

  it('are found by what is known of them', async () => {
    const total = async (query: Parameters<typeof list>[0]) => (await list(query)).total;
    expect(await total({ step: 'search' })).toBe(20);
    expect(await total({ phase: 'read' })).toBe(40);
    expect(await total({ group: 'talk', outcome: 'failed' })).toBe(2);
    expect(await total({ user: 'setup' })).toBe(1);
    expect(await total({ period: 'warm' })).toBe(30);
    expect(await total({ period: 'nowhere' })).toBe(0);
    expect(await total({ status: 503 })).toBe(6);
    expect(await total({ error: 'http_503', vu: 10 })).toBe(6);
    expect(await total({ error: 'refused' })).toBe(0);
    expect(await total({ iteration: 2 })).toBe(30);
    expect(await total({ value: { metric: 'request', least: 300, below: 305 } })).toBe(10);
    expect(await total({ value: { metric: 'first_token', least: 0 } })).toBe(20);
    expect(await total({ value: { metric: 'ttfa', least: 0 } })).toBe(0);
    expect(await total({ fromS: 0, toS: 0.5 })).toBe(15);
    const [found] = (await list({ step: 'chat', status: 503, newest: true })).requests;
    expect(found).toMatchObject({ id: 61, vu: 10, outcome: 'failed', error: 'http_503', request: 309 });
  });

  it('are ordered by a value, equal ones by time, those without it last', async () => {
    const sort = { by: 'request', descending: true } as const;
    expect((await list({ sort, limit: 4 })).requests.map(({ id, request }) => [id, request])).toEqual([
      [1, 9000],
      [31, 309],
      [61, 309],
      [30, 308],
    ]);
    expect((await list({ sort, offset: 2, limit: 2 })).requests.map(({ id }) => id)).toEqual([61, 30]);
    const tokens = await list({ sort: { by: 'first_token', descending: false }, offset: 18, limit: 4 });
    expect(tokens.requests.map(({ first_token }) => first_token)).toEqual([29, 29, null, null]);
    const every = [];
    for (let offset = 0; offset < 61; offset += 7)
      every.push(
        ...(await list({ sort: { by: 'bytesReceived', descending: true }, offset, limit: 7 })).requests,
      );
    expect(every.map(({ id }) => id)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1));
  });

  it('are counted from themselves while the run has no end; set-up is no part of it', async () => {
    const rows = value(await history.requestSummary({ runId: 'r', by: 'step' }));
    expect(rows.map(({ key, count, failed, type }) => [key, type, count, failed])).toEqual([
      ['clients', 'GET', 20, 2],
      ['search', 'GET', 20, 2],
      ['chat', 'GET', 20, 2],
    ]);
    expect(rows[2]).toMatchObject({
      ...{
        success: 0.9,
        p50: 304,
        max: 308,
        mean: 304,
        firstTokenP95: 28,
        tokensPerSecondP50: 50,
        phase: 'chat',
      },
      ...{ statuses: { 200: 18, 503: 2 }, bytesReceived: 18_000, retries: 0, timedOut: 0 },
    });
    const cold = value(await history.requestSummary({ runId: 'r', by: 'phase', period: 'cold' }));
    expect(cold.map(({ key, count }) => [key, count])).toEqual([['read', 20], ['chat', 10]]); // prettier-ignore
    const byPeriod = value(await history.requestSummary({ runId: 'r', by: 'period' }));
    expect(byPeriod.map(({ key, count }) => [key, count])).toEqual([['cold', 30], ['warm', 30]]); // prettier-ignore
    expect(value(await history.requestChecks('r'))).toEqual([
      { step: 'clients', phase: 'read', name: 'status is 200', passed: 18, failed: 2 },
      { step: 'search', phase: 'read', name: 'all 2 checks', passed: 18, failed: 2 },
    ]);
  });

  it('are looked at as distributions and heat maps', async () => {
    expect(value(await history.values('r', 'request')).length).toBe(54);
    expect([...value(await history.values('r', 'first_token', 'chat'))].slice(0, 3)).toEqual([20, 21, 22]);
    const map = value(await history.heatMap({ runId: 'r', metric: 'request', columns: 10, rows: 4 }));
    expect(map.counts.map((column) => column.reduce((a, b) => a + b, 0))).toEqual([27, 27]);
    expect(map.edges.at(-1)).toBeCloseTo(308);
  });

  it('are written once, however often they arrive, and their figures are in the list', async () => {
    const [sample] = value(await history.samples('r'));
    expect(sample).toMatchObject({
      requestsOk: 27,
      requestsFailed: 3,
      iterations: 10,
      request: { p95: 307 },
      firstToken: { count: 9 },
    });
    const [row] = value(await history.list({ limit: 1 }));
    expect(row).toMatchObject({ requestSuccess: 0.9, requestP95: 307, requestsPerSecond: 30 });
    expect(row?.requestTrend).toEqual([307, null]);
    const merged = value(await history.samples('r', { atMost: 1 }));
    expect(merged).toMatchObject([{ requestsOk: 54, request: { p95: 307 } }]);
  });

  it('as the end of the run had them', async () => {
    const outcome = anOutcome('r', { requests_per_second: 12.5 });
    const [clients] = value(await history.requestSummary({ runId: 'r', by: 'step' }));
    if (clients === undefined) throw new Error('no row');
    outcome.requests.step = [{ ...clients, count: 77 }];
    outcome.summary.counts.requests = 77;
    outcome.summary.counts.requests_failed = 7;
    outcome.summary.checks = [{ step: 'clients', phase: null, name: 'status is 200', passed: 70, failed: 7 }];
    value(await history.finishRun('r', outcome));
    expect(value(await history.requestSummary({ runId: 'r', by: 'step' }))).toEqual([
      { ...clients, count: 77 },
    ]);
    expect(value(await history.requestSummary({ runId: 'r', by: 'step', period: 'warm' }))[0]?.count).toBe(
      10,
    );
    expect(value(await history.requestChecks('r'))).toEqual(outcome.summary.checks);
    expect(value(await history.row('r'))).toMatchObject({
      requestsPerSecond: 12.5,
      requestTrend: [307, null],
    });
  });

  it('stand against those of the baseline', async () => {
    record('next');
    const figures = (p95: number) => {
      const outcome = anOutcome('r');
      outcome.summary.metrics.request = { ...outcome.summary.metrics.request, p95 };
      return outcome;
    };
    value(await history.finishRun('r', figures(300)));
    value(await history.finishRun('next', figures(350)));
    value(await history.setBaseline('r', true));
    expect(value(await history.row('next')).delta).toMatchObject({ baselineId: 'r', requestP95: 50 });
  });

  it('have contents that are kept without their secrets', async () => {
    const { total, requests } = value(await history.requestsKept({ runId: 'r', ...page }));
    expect(total).toBe(1);
    expect(requests[0]?.requestHeaders).toEqual([['authorization', '***']]);
    expect(value(await history.requestKept('r', 11))).toEqual(requests[0]);
    expect(value(await history.requestKept('r', 12))).toBeNull();
    expect(value(await history.requestsKept({ runId: 'r', why: 'slowest', ...page })).total).toBe(0);
  });

  it('go for good with their run', async () => {
    value(await history.finishRun('r', anOutcome('r')));
    const plan = value(await history.prunePlan({ olderThanDays: 1, keepNewest: null }));
    expect(plan.bytes).toBeGreaterThan(15_000 + 2 * 600);
    expect(value(await history.prune(['r']))).toEqual(['r']);
    expect(await history.requestPlan('r')).toMatchObject({ ok: false, error: { code: 'run_not_found' } });
  });
});

describe('contents of requests', () => {
  it('are bounded: alike failures do not crowd out others, a slower request takes the place of a faster one', async () => {
    history.createRun(aRun('k', run));
    const kept = Array.from({ length: 400 }, (_, i) =>
      i % 2 === 0
        ? aKept(aRecord({ id: i + 1, step: 1, error: i === 398 ? 'reset' : 'http_503' }))
        : aKept(aRecord({ id: i + 1, request: i }), { why: 'slowest' }),
    );
    history.append('k', aBatch(1, { kept }));
    await eventually(async () => expect(value(await history.samples('k'))).toHaveLength(1));
    const failed = value(await history.requestsKept({ runId: 'k', why: 'failed', ...page }));
    expect(failed.total).toBe(51);
    expect(failed.requests[0]?.record.error).toBe('reset');
    const slowest = value(await history.requestsKept({ runId: 'k', why: 'slowest', offset: 0, limit: 500 }));
    expect(slowest.requests.map(({ record }) => record.request)).toEqual(
      Array.from({ length: 100 }, (_, i) => 399 - 2 * i),
    );
  });
});

it('what could not be written until the program ended is taken in when it starts next', async () => {
  record('w');
  value(await history.close());
  const locked = await test.open();
  const { default: SQLite } = await import('better-sqlite3');
  const db = new SQLite(test.file);
  db.exec('BEGIN EXCLUSIVE');
  history = locked;
  record('x');
  await locked.close();
  db.exec('ROLLBACK');
  db.close();
  expect(test.waiting()).toHaveLength(1);
  history = await test.open();
  expect(test.waiting()).toHaveLength(0);
  const { total, requests } = value(await history.requestList({ runId: 'x', offset: 60, limit: 1 }));
  expect(total).toBe(61);
  expect(requests[0]).toMatchObject({ id: 61, step: 3, error: 'http_503', request: 309 });
  expect(value(await history.requestSummary({ runId: 'x', by: 'step' }))[0]?.count).toBe(20);
});
