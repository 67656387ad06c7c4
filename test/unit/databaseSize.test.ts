/** The room a run takes in the database, by one minute of it; `test/bench/history/size.ts` measures the whole half hour. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Result } from '../../src/contract/errors.ts';
import { openHistory } from '../../src/main/history/history.ts';
import { anOutcome, aRun } from '../../src/main/history/testing.ts';
import { Crowd, seededRandom } from '../bench/history/conversation.ts';
import { sampleOf } from '../bench/history/figures.ts';

const calls = 500;
/** More than 160 turns a second. */
const turnMs = 2870;
const minutes = 30;
const limitBytes = 60 * 1024 * 1024;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-size-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function need<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.message, { cause: result.error });
}

it('half an hour of 500 busy calls stays under 60 MB', async () => {
  const file = join(folder, 'crosstalk.db');
  const history = need(await openHistory({ file }));
  const crowd = new Crowd(calls, turnMs, 7);
  const random = seededRandom(11);
  history.createRun(aRun('size'));
  let turns = 0;
  for (let t = 1; t <= 60; t++) {
    const second = crowd.second(t);
    turns += second.turns.length;
    history.append('size', { sample: sampleOf(t, calls, second, random), ...second, requests: [], kept: [] });
  }
  need(await history.finishRun('size', anOutcome('size')));
  expect(need(await history.turns({ runId: 'size', order: 'time', offset: 0, limit: 1 })).total).toBe(turns);
  need(await history.close());
  expect(turns).toBeGreaterThan(9000);
  expect(statSync(file).size * minutes).toBeLessThan(limitBytes);
});
