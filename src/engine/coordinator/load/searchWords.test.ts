import { expect, it } from 'vitest';
import type { ThresholdResult } from '#contract/run';
import { searchSentence, type Found } from './searchWords.ts';

const slow: ThresholdResult = {
  metric: 'ttfa', stat: 'p95', condition: 'below', target: 2000, acceptable: 3000, value: 3400, status: 'fail',
}; // prettier-ignore
const lossy: ThresholdResult = {
  metric: 'connection_success', stat: 'rate', condition: 'above', target: 0.98, acceptable: 0.95, value: 0.9, status: 'fail',
}; // prettier-ignore
const none = { holds: null, broken: null, overloaded: null, now: null, cut: false };
const at = (users: number, thresholds: ThresholdResult[], reasons: string[] = []) => ({
  users,
  thresholds,
  reasons,
});

it.each<[Partial<Found>, string]>([
  [{ holds: 140, broken: at(150, [slow]) }, 'holds 140 calls; at 150, ttfa p95 passed 3 s'],
  [
    { holds: 1, broken: at(2, [{ ...slow, acceptable: 480, where: { turn: 2 } }, lossy]) },
    'holds 1 call; at 2, ttfa p95 of turn 2 passed 480 ms and connection_success fell below 95 %',
  ],
  [
    { broken: at(1, [lossy, slow], ['no call was connected']) },
    'no number of calls was held; at 1, no call was connected and connection_success fell below 95 % (and 1 more)',
  ],
  [{ holds: 500 }, 'holds 500 calls, the most that were tried'],
  [
    { holds: 100, overloaded: at(200, [], ['the event loop was 90 % busy over 5 s, limit 85 %']) },
    'holds 100 calls; at 200, this machine was the bottleneck (the event loop was 90 % busy over 5 s, limit 85 %), which says nothing of the target',
  ],
  [{ now: { users: 50, held: false } }, 'nothing is judged yet; going to 50'],
  [
    { holds: 50, now: { users: 75, held: true }, broken: at(100, [slow]) },
    'holds 50 calls so far; at 100, ttfa p95 passed 3 s; holding 75',
  ],
  [{ holds: 50, cut: true }, 'holds 50 calls; the run ended before the search did'],
  [
    { cut: true },
    'no number of calls was held long enough to be judged; the run ended before the search did',
  ],
])('%o', (found, sentence) => {
  expect(searchSentence({ ...none, ...found })).toBe(sentence);
});
