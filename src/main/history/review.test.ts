import { afterEach, beforeEach, expect, it } from 'vitest';
import type { History } from './history.ts';
import { aBatch, aCall, anError, anOutcome, aRun, aTurn, TestHistory, value } from './testing.ts';

let test: TestHistory;
let history: History;
beforeEach(async () => {
  test = new TestHistory({ lockWaitMs: 5000, recorder: {} });
  history = await test.open();
  history.createRun(aRun('r'));
  for (let t = 1; t <= 4; t++) {
    const turns = [aTurn({ turn: t, startedAt: t * 1000, ttfa: 100 * t })];
    history.append('r', aBatch(t, { turns, calls: [aCall()], errors: [anError()] }));
  }
  value(await history.finishRun('r', anOutcome('r')));
});
afterEach(() => test.remove());

it('a run is reviewed through the worker, whatever is asked', async () => {
  const values = value(await history.values('r', 'ttfa'));
  expect(values).toBeInstanceOf(Float64Array);
  expect([...values].sort()).toEqual([100, 200, 300, 400]);
  expect([...value(await history.values('r', 'frame_lateness'))]).toEqual([]);
  expect(value(await history.samples('r', { atMost: 2 })).map(({ span }) => span)).toEqual([2, 2]);
  expect(value(await history.errorList({ runId: 'r', offset: 0, limit: 1 })).total).toBe(4);
  expect(value(await history.connectionsOf('r', 'call-1'))).toHaveLength(4);
  const map = value(await history.heatMap({ runId: 'r', metric: 'ttfa', columns: 4, rows: 4, fromS: 1.5 }));
  expect(map.counts.flat().reduce((a, b) => a + b, 0)).toBe(3);
  expect(value(await history.connections('r')).attempts).toBe(4);
  expect(value(await history.audio('r')).answers).toBe(4);
  expect(value(await history.summaries({ scenario: 'Insurance inquiry', last: 5 }))).toHaveLength(1);
  expect(value(await history.scenarios())).toMatchObject([{ scenario: 'Insurance inquiry', runs: 1 }]);
});

it('the breakdown is the one the engine left', async () => {
  // This outcome says that there were no turns: it is believed.
  expect(value(await history.breakdown('r', 'turn'))).toEqual([]);
});

it('a run that is not there is not found', async () => {
  const questions = [
    history.values('x', 'ttfa'),
    history.breakdown('x', 'user'),
    history.audio('x'),
    history.samples('x'),
  ];
  for (const answer of await Promise.all(questions))
    expect(answer).toMatchObject({ ok: false, error: { kind: 'not_found' } });
});
