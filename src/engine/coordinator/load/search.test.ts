import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchResolution, type BreakingPointProfile } from '#contract/scenario/load';
import { BreakingPointSearch, type AttemptResult } from './search.ts';

const profile = (steps: number[], resolution: number | null = null): BreakingPointProfile => ({
  kind: 'breaking-point',
  steps,
  holdMs: 1000,
  resolution,
  spawnRate: null,
  gracefulStopMs: 0,
});

/** Holds what is asked for until the search is over. */
function searched(made: BreakingPointProfile, judge: (users: number) => AttemptResult) {
  const search = new BreakingPointSearch(made);
  const tried: string[] = [];
  for (let { attempt } = search; attempt !== null; { attempt } = search) {
    tried.push(`${attempt.kind} ${attempt.users}`);
    search.judged(judge(attempt.users));
  }
  return { search, tried };
}
const upTo = (capacity: number) => (users: number) => (users <= capacity ? 'pass' : 'fail');

describe('search for the breaking point', () => {
  it('goes up the steps, then halves the distance until it is a tenth of the good number', () => {
    const { search, tried } = searched(profile([50, 100, 200, 500]), upTo(144));
    expect(tried).toEqual(['step 50', 'step 100', 'step 200', 'search 150', 'search 125', 'search 137']);
    expect([search.good, search.bad]).toEqual([137, 150]);
  });

  it('goes on to the resolution that is asked for', () => {
    const { search } = searched(profile([50, 100, 200], 1), upTo(144));
    expect([search.good, search.bad]).toEqual([144, 145]);
  });

  it('ends with the last step when none fails; what misses the target alone is held', () => {
    const { search, tried } = searched(profile([5, 10]), () => 'warn');
    expect([tried, search.good, search.bad]).toEqual([['step 5', 'step 10'], 10, null]);
  });

  it('searches below the first step when that fails, down to a single call', () => {
    expect(searched(profile([8, 16]), upTo(0)).tried).toEqual(['step 8', 'search 4', 'search 2', 'search 1']);
    const { search } = searched(profile([8, 16]), upTo(3));
    expect([search.good, search.bad]).toEqual([3, 4]);
  });

  it('ends where this machine gives way', () => {
    const { search, tried } = searched(profile([10, 20, 40]), (users) => (users > 10 ? 'generator' : 'pass'));
    expect(tried).toEqual(['step 10', 'step 20']);
    expect([search.good, search.bad, search.overloaded]).toEqual([10, null, 20]);
    search.judged('pass');
    expect(search.attempt).toBeNull();
  });

  it('always ends, with what a target bears between its numbers and as close as asked for', () => {
    const rising = fc
      .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 })
      .map((steps) => steps.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        rising,
        fc.integer({ min: 0, max: 1100 }),
        fc.option(fc.integer({ min: 1, max: 50 })),
        (steps, capacity, resolution) => {
          const made = profile(steps, resolution);
          const { search, tried } = searched(made, upTo(capacity));
          expect(new Set(tried).size).toBe(tried.length);
          const good = search.good ?? 0;
          expect(good).toBeLessThanOrEqual(capacity);
          if (search.bad === null) expect(good).toBe(steps.at(-1));
          else {
            expect(search.bad).toBeGreaterThan(capacity);
            expect(search.bad - good).toBeLessThanOrEqual(Math.max(1, searchResolution(made, good)));
          }
        },
      ),
    );
  });
});
