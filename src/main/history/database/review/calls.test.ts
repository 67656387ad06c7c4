import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallQuery } from '#contract/api/runs';
import type { History } from '../../history.ts';
import { aBatch, aCall, anOutcome, aRun, TestHistory, value } from '../../testing.ts';

describe('the connections of a run', () => {
  let history: History;
  let test: TestHistory;

  beforeEach(async () => {
    test = new TestHistory();
    history = await test.open();
    history.createRun(aRun('r1'));
    history.append('r1', {
      ...aBatch(1),
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
    value(await history.finishRun('r1', anOutcome('r1')));
  });
  afterEach(() => test.remove());

  async function ids(query: Partial<CallQuery>): Promise<string[]> {
    const { total, calls } = value(await history.calls({ runId: 'r1', offset: 0, limit: 100, ...query }));
    expect(total).toBe(calls.length);
    return calls.map((call) => call.callId);
  }

  it('come in the order in which they ended, or by a value; those without it last', async () => {
    expect(await ids({})).toEqual(['a', 'b_1', 'bx1']);
    expect(await ids({ sort: { by: 'startedAt', descending: false } })).toEqual(['b_1', 'a', 'bx1']);
    expect(await ids({ sort: { by: 'connect', descending: true } })).toEqual(['bx1', 'a', 'b_1']);
    expect(await ids({ sort: { by: 'connect', descending: false } })).toEqual(['a', 'bx1', 'b_1']);
    expect(await ids({ sort: { by: 'duration', descending: true } })).toEqual(['bx1', 'a', 'b_1']);
  });

  it('are chosen by outcome, error, time and text as it was typed', async () => {
    expect(await ids({ outcome: 'cut' })).toEqual(['bx1']);
    expect(await ids({ error: true })).toEqual(['b_1']);
    expect(await ids({ search: 'b_1' })).toEqual(['b_1']);
    expect(await ids({ search: 'nobody ANSWERS' })).toEqual(['b_1']);
    expect(await ids({ search: '%' })).toEqual([]);
    expect(await ids({ after: 100 })).toEqual(['bx1']);
    expect(await ids({ before: 100 })).toEqual(['b_1']);
  });

  it('come in pages, with how many there are', async () => {
    const page = value(await history.calls({ runId: 'r1', offset: 1, limit: 1 }));
    expect([page.total, page.calls.map((call) => call.callId)]).toEqual([3, ['b_1']]);
  });
});
