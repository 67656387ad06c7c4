import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BreakdownRow } from '#contract/review';
import { aCall, aSample, aTurn } from '../../testing.ts';
import { percentileOf, spreadOf } from './spread.ts';
import { ReviewedDatabase } from './testing.ts';

let database: ReviewedDatabase;
beforeEach(() => {
  database = new ReviewedDatabase();
});
afterEach(() => database.close());

/** Turns that began in the warm-up of 5 s, slipped, or count. */
const mixed = [
  aTurn({ turn: 1, startedAt: 2000, ttfa: 9000, excluded: 'warm_up' }),
  aTurn({ turn: 1, startedAt: 6000, ttfa: 500, conversation: 'claim' }),
  aTurn({ turn: 2, startedAt: 7000, ttfa: 700, barge_in: 200, bargeInOutcome: 'stopped' }),
  aTurn({ turn: 2, startedAt: 8000, ttfa: 8000, excluded: 'generator' }),
  aTurn({
    turn: 10,
    startedAt: 9000,
    ttfa: null,
    status: 'failed',
    user: 'patient',
    bargeInOutcome: 'completed',
  }),
  aTurn({
    turn: 10,
    startedAt: 9500,
    ttfa: 5000,
    status: 'timeout',
    timedOut: 'first_byte',
    user: 'patient',
  }),
  aTurn({ turn: 10, startedAt: 9900, ttfa: null, status: 'cut' }),
];
const calls = [
  aCall({ startedAt: 1000, connect: 99 }),
  aCall({ startedAt: 4000, connect: 50 }),
  aCall({ startedAt: 6000 }),
];

const values = (id: string, metric: 'ttfa' | 'turn' | 'connect' | 'tls' | 'frame_lateness') => [
  ...database.reader.values(id, metric),
];

describe('values of a metric', () => {
  it('leave out excluded turns and what was not measured', () => {
    database.add('r', { turns: mixed, samples: [aSample(1, { at: 1000 })] });
    expect(values('r', 'ttfa')).toEqual([500, 700, 5000]);
    expect(values('r', 'turn')).toEqual(Array(5).fill(3500.499));
  });

  it('leave out calls of the warm-up, as long as the summary says it was', () => {
    const samples = [aSample(1, { at: 1000 })];
    database.add('r', { calls, samples, summary: { warm_up_s: 5 } });
    expect(values('r', 'connect')).toEqual([11.75]);
    database.add('none', { calls, samples, summary: { warm_up_s: 0 } });
    expect(values('none', 'connect')).toEqual([99, 50, 11.75]);
  });

  it('of a run that does not say leave out the calls before its last turn of the warm-up', () => {
    database.add('r', { calls, turns: mixed, samples: [aSample(1, { at: 1000 })] });
    expect(values('r', 'connect')).toEqual([50, 11.75]);
  });

  it('are none where records do not have them', () => {
    database.add('r', { calls });
    expect(values('r', 'tls')).toEqual([]);
    expect(values('r', 'frame_lateness')).toEqual([]);
    expect(values('r', 'ttfa')).toEqual([]);
  });
});

describe('the breakdown of turns', () => {
  const expected: Partial<BreakdownRow>[] = [
    { key: '1', turns: 2, ok: 2, failed: 0, success: 1, ttfaP50: 500, ttfaP95: 500, turnP95: 3500.499 },
    { key: '2', turns: 2, ok: 2, success: 1, ttfaP50: 700, ttfaP95: 700, bargeIns: 1, bargeInP95: 200 },
    {
      key: '10',
      turns: 3,
      ok: 0,
      failed: 2,
      timedOut: 1,
      success: 0,
      ttfaP50: 5000,
      bargeIns: 1,
      bargeInP95: null,
    },
  ];

  it('is counted from the turns of a run that has no end', () => {
    database.add('r', { turns: mixed });
    expect(database.reader.breakdown('r', 'turn')).toMatchObject(expected);
    expect(database.reader.breakdown('r', 'conversation').map(({ key, turns }) => [key, turns])).toEqual([
      ['claim', 1],
      ['insurance_inquiry', 6],
    ]);
    expect(database.reader.breakdown('r', 'user')).toMatchObject([
      { key: 'callers', turns: 5, recognitionP95: 399.999, processingP95: 212.345 },
      { key: 'patient', turns: 2, success: 0 },
    ]);
  });

  it('is the same in the form turns once had', () => {
    database.add('r', { turns: mixed });
    database.db.exec(`UPDATE turns SET turn_time = 3500499, recognition = 399999, processing = 212345`);
    database.writeTurnsAsBefore('r');
    expect(database.reader.breakdown('r', 'turn')).toMatchObject(expected);
  });

  it('takes one name under two numbers as one', () => {
    database.add('r', { turns: mixed });
    database.db.exec(
      `INSERT INTO texts (run, id, text) SELECT run, 900 + id, text FROM texts WHERE text = 'claim';
       UPDATE turns SET conversation = (SELECT id FROM texts WHERE id > 900) WHERE seq > 5`,
    );
    expect(database.reader.breakdown('r', 'conversation')).toMatchObject([
      { key: 'claim', turns: 3 },
      { turns: 4 },
    ]);
  });

  it('is the one the engine left, where it left one', () => {
    database.add('r', { turns: mixed, summary: {} });
    const left = { ...database.reader.breakdown('r', 'turn')[0], key: '1', turns: 77 };
    database.db.prepare('UPDATE runs SET breakdowns = ?').run(JSON.stringify({ turn: [left] }));
    expect(database.reader.breakdown('r', 'turn')).toEqual([left]);
    expect(database.reader.breakdown('r', 'user')).toHaveLength(2);
  });

  it('of a run without turns is empty', () => {
    database.add('r', {});
    expect(database.reader.breakdown('r', 'conversation')).toEqual([]);
  });
});

describe('the heat map', () => {
  const heatMap = (query: { columns?: number; rows?: number; fromS?: number; toS?: number } = {}) =>
    database.reader.heatMap({ runId: 'r', metric: 'ttfa', columns: 10, rows: 4, ...query });

  it('has a column for each stretch of time and rows that rise by the same ratio', () => {
    const samples = [aSample(1, { at: 1000 }), aSample(10)];
    database.add('r', {
      samples,
      turns: [
        aTurn({ startedAt: 500, ttfa: 100 }),
        aTurn({ startedAt: 999, ttfa: 150 }),
        aTurn({ startedAt: 5500, ttfa: 1600 }),
        aTurn({ startedAt: 9999, ttfa: 400.001 }),
        aTurn({ startedAt: 9999, ttfa: 60_000, excluded: 'warm_up' }),
      ],
    });
    const { edges, counts, fromS, stepS } = heatMap({ columns: 5 });
    expect([fromS, stepS]).toEqual([0, 2]);
    edges.forEach((edge, i) => expect(edge).toBeCloseTo(100 * 2 ** i, 6));
    expect(edges).toHaveLength(5);
    expect(counts).toEqual([
      [2, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ]);
    expect(heatMap({ fromS: 5, toS: 6 })).toMatchObject({ fromS: 5, stepS: 1, counts: [[1, 0, 0, 0]] });
  });

  it('has rows for values that are all the same, or 0', () => {
    database.add('r', { turns: [aTurn({ ttfa: 0 }), aTurn({ ttfa: 0, turn: 2 })] });
    const { edges, counts } = heatMap();
    expect(edges.every((edge, i) => edge > (edges[i - 1] ?? 0))).toBe(true);
    expect(counts.flat().reduce((a, b) => a + b, 0)).toBe(2);
  });

  it('is empty without values', () => {
    database.add('r', {});
    expect(heatMap()).toMatchObject({ edges: [], counts: [] });
  });
});

describe('a spread', () => {
  it('takes percentiles by nearest rank', () => {
    const sorted = Float64Array.from({ length: 20 }, (_, i) => i + 1);
    expect([0, 50, 95, 95.1, 100].map((p) => percentileOf(sorted, p))).toEqual([1, 10, 19, 20, 20]);
    expect(spreadOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p95: 3, max: 3 });
    expect(spreadOf([])).toEqual({ count: 0, p50: null, p95: null, max: null });
  });
});
