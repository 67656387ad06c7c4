import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TurnQuery, turnSorts } from '#contract/api/runs';
import { TurnRecord } from '#contract/run';
import { aSample, aTurn } from '../../testing.ts';
import { ReviewedDatabase } from './testing.ts';

let database: ReviewedDatabase;
beforeEach(() => {
  database = new ReviewedDatabase();
});
afterEach(() => database.close());

function read(query: Partial<TurnQuery> = {}): { total: number; turns: TurnRecord[] } {
  const { total, turns } = database.reader.turns(TurnQuery.parse({ runId: 'r', order: 'time', ...query }));
  return { total, turns: turns.map((turn) => TurnRecord.parse(turn)) };
}
const numbers = (query: Partial<TurnQuery>) => read(query).turns.map(({ turn }) => turn);

const slow = aTurn({
  turn: 1,
  callId: 'call-a',
  user: 'patient',
  startedAt: 1000,
  firstMessageAt: 3900,
  ttfb: 899.999,
  ttfa: 950,
  turn_time: 4000,
  processing: 50.001,
  conversation: 'claim_Über_50%',
});
const failed = aTurn({
  turn: 2,
  callId: 'call-b',
  startedAt: 6000.25,
  firstMessageAt: null,
  firstAudioAt: null,
  transcriptAt: null,
  responseEndAt: null,
  ttfb: null,
  ttfa: null,
  turn_time: null,
  processing: null,
  recognition: null,
  response: null,
  status: 'failed',
  error: 'Dropped with code 1006',
});
const interrupted = aTurn({
  turn: 3,
  callId: 'call-b',
  startedAt: 11_000,
  ttfa: 300,
  ttfb: 120,
  turn_time: 2000,
  barge_in: 250,
  bargeInOutcome: 'stopped',
  excluded: 'generator',
});

describe('turns of a run', () => {
  beforeEach(() => {
    // The load began at 500 ms on the run's clock.
    database.add('r', {
      samples: [aSample(1, { at: 1500 })],
      turns: [slow, failed, interrupted],
    });
  });

  it('come back as they were, in the order of time or the newest first', () => {
    expect(read()).toEqual({ total: 3, turns: [slow, failed, interrupted] });
    expect(numbers({ order: 'newest' })).toEqual([3, 2, 1]);
    expect(numbers({ order: 'slowest' })).toEqual([1, 3, 2]);
  });

  it('are ordered by any value both ways, those without it last', () => {
    for (const by of ['ttfa', 'ttfb', 'turn_time'] as const) {
      expect(numbers({ sort: { by, descending: true } })).toEqual([1, 3, 2]);
      expect(numbers({ sort: { by, descending: false } })).toEqual([3, 1, 2]);
    }
    expect(numbers({ sort: { by: 'barge_in', descending: false } })[0]).toBe(3);
    expect(numbers({ sort: { by: 'turn', descending: true } })).toEqual([3, 2, 1]);
    expect(numbers({ sort: { by: 'startedAt', descending: false } })).toEqual([1, 2, 3]);
  });

  it('are ordered by what stands in the record, however it is written', () => {
    const value = (turn: TurnRecord, by: (typeof turnSorts)[number]) => turn[by];
    for (const by of turnSorts) {
      const values = read({ sort: { by, descending: false } })
        .turns.map((turn) => value(turn, by))
        .filter((one) => one !== null);
      expect(values, by).toEqual([...values].sort((a, b) => a - b));
    }
  });

  it('are found by who they belong to and how they went', () => {
    expect(numbers({ user: 'patient' })).toEqual([1]);
    expect(numbers({ callId: 'call-b' })).toEqual([2, 3]);
    expect(numbers({ conversation: 'claim_Über_50%' })).toEqual([1]);
    expect(numbers({ bargeInOutcome: 'stopped' })).toEqual([3]);
    expect(numbers({ status: 'failed' })).toEqual([2]);
    expect(numbers({ turn: 3 })).toEqual([3]);
  });

  it('are found by their error, one of any kind or with a text', () => {
    expect(numbers({ error: true })).toEqual([2]);
    expect(numbers({ error: 'CODE 10' })).toEqual([2]);
    expect(numbers({ error: 'refused' })).toEqual([]);
  });

  it('are found by a value', () => {
    expect(numbers({ slowerThan: 950 })).toEqual([1]);
    expect(numbers({ value: { metric: 'ttfb', least: 120, below: 899.999 } })).toEqual([3]);
    expect(numbers({ value: { metric: 'turn', least: 2000.001 } })).toEqual([1]);
    expect(numbers({ value: { metric: 'turn', below: 10_000 } })).toEqual([1, 3]);
  });

  it('are found by when they began, in seconds since the start of the load', () => {
    expect(numbers({ fromS: 5.5 })).toEqual([2, 3]);
    expect(numbers({ fromS: 5.6, toS: 10.5 })).toEqual([3]);
    expect(numbers({ toS: 0.5 })).toEqual([1]);
  });

  it('are found by a text, which is taken as it is', () => {
    expect(numbers({ search: 'CALL-B' })).toEqual([2, 3]);
    expect(numbers({ search: 'my policy' })).toEqual([1, 2, 3]);
    expect(numbers({ search: 'code 1006' })).toEqual([2]);
    expect(numbers({ search: '50%' })).toEqual([1]);
    expect(numbers({ search: 'r_50' })).toEqual([1]);
    expect(numbers({ search: 'a_b' })).toEqual([]);
    expect(numbers({ search: '%' })).toEqual([1]);
  });

  it('come in pages, counted as a whole', () => {
    expect(read({ callId: 'call-b', offset: 1, limit: 1 })).toEqual({ total: 2, turns: [interrupted] });
    expect(read({ offset: 3 })).toEqual({ total: 3, turns: [] });
  });

  it('of the form they once had are ordered by the same values', () => {
    const ttfb = Math.round(slow.ttfb === null ? 0 : slow.ttfb * 1000);
    database.db.prepare('UPDATE turns SET ttfb = iif(turn = 1, ?, iif(turn = 3, 120000, NULL))').run(ttfb);
    database.writeTurnsAsBefore('r');
    expect(numbers({ sort: { by: 'ttfb', descending: true } })).toEqual([1, 3, 2]);
    expect(read({ sort: { by: 'ttfb', descending: true } }).turns[0]?.ttfb).toBe(899.999);
  });
});

describe('turns of a run without any', () => {
  it('are none, whatever is asked', () => {
    database.add('r', {});
    expect(read()).toEqual({ total: 0, turns: [] });
    expect(read({ search: 'x', fromS: 1, sort: { by: 'ttfa', descending: true } })).toEqual({
      total: 0,
      turns: [],
    });
  });
});

it('a run that is not there says so', () => {
  expect(() => read()).toThrow('There is no run r in the history');
});
