import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallQuery } from '#contract/api/runs';
import { CallRecord } from '#contract/run';
import { aCall } from '../../testing.ts';
import { ReviewedDatabase } from './testing.ts';

describe('the connections of a run', () => {
  let database: ReviewedDatabase;

  beforeEach(() => {
    database = new ReviewedDatabase();
    database.add('r1', {
      calls: [
        aCall({ callId: 'a', startedAt: 100, endedAt: 900, connectedAt: 120, connect: 20 }),
        aCall({
          callId: 'b_1',
          startedAt: 50,
          endedAt: 60,
          connectedAt: null,
          connect: null,
          outcome: 'failed',
          error: 'Nobody answers at 127.0.0.1',
        }),
        aCall({
          callId: 'bx1',
          startedAt: 200,
          endedAt: 2000,
          connectedAt: 290,
          connect: 90,
          outcome: 'cut',
        }),
      ],
    });
  });
  afterEach(() => database.close());

  function ids(query: Partial<CallQuery>): string[] {
    const { total, calls } = database.reader.calls(CallQuery.parse({ runId: 'r1', limit: 100, ...query }));
    expect(total).toBe(calls.length);
    return calls.map((call) => CallRecord.parse(call).callId);
  }

  it('come in the order in which they ended, or by a value; those without it last', () => {
    expect(ids({})).toEqual(['a', 'b_1', 'bx1']);
    expect(ids({ sort: { by: 'startedAt', descending: false } })).toEqual(['b_1', 'a', 'bx1']);
    expect(ids({ sort: { by: 'connect', descending: true } })).toEqual(['bx1', 'a', 'b_1']);
    expect(ids({ sort: { by: 'connect', descending: false } })).toEqual(['a', 'bx1', 'b_1']);
    expect(ids({ sort: { by: 'duration', descending: true } })).toEqual(['bx1', 'a', 'b_1']);
  });

  it('are chosen by outcome, error, time and text as it was typed', () => {
    expect(ids({ outcome: 'cut' })).toEqual(['bx1']);
    expect(ids({ error: true })).toEqual(['b_1']);
    expect(ids({ search: 'b_1' })).toEqual(['b_1']);
    expect(ids({ search: 'nobody ANSWERS' })).toEqual(['b_1']);
    expect(ids({ search: '%' })).toEqual([]);
    expect(ids({ after: 100 })).toEqual(['bx1']);
    expect(ids({ before: 100 })).toEqual(['b_1']);
  });

  it('come in pages, with how many there are', () => {
    const page = database.reader.calls({ runId: 'r1', offset: 1, limit: 1 });
    expect(page).toMatchObject({ total: 3, calls: [{ callId: 'b_1' }] });
  });
});
