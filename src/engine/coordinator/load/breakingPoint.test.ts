/** A search on a clock that only moves when told, against a target whose answers come later with every call. */
import { describe, expect, it } from 'vitest';
import type { Sample } from '#contract/run';
import { Threshold } from '#contract/scenario/file';
import type { BreakingPointProfile } from '#contract/scenario/load';
import { aCall, aReport, aSecond, aTurn } from '../../../../test/fixtures/reports.ts';
import { shortCalls } from '../../../../test/fixtures/shortCalls.ts';
import { BreakingPointDriver } from './breakingPoint.ts';
import { Numbering } from './numbering.ts';
import { Roster } from './roster.ts';
import { Shares } from './shares.ts';

const profile: BreakingPointProfile = {
  kind: 'breaking-point',
  steps: [10, 20, 40],
  holdMs: 5000,
  resolution: 2,
  spawnRate: 10,
  gracefulStopMs: 3000,
};
const thresholds = [
  Threshold.parse({ metric: 'ttfa', stat: 'p95', target: '500ms', acceptable: '1s' }),
  Threshold.parse({ metric: 'barge_in', stat: 'p95', target: '1s' }),
  Threshold.parse({ metric: 'calls_held', stat: 'count', target: 30, acceptable: 20 }),
];

interface Target {
  /** ms, by calls; null: the turn fails. */
  ttfa?: (calls: number) => number | null;
  connects?: boolean;
  health?: (calls: number) => Partial<Sample['generator']>;
  /** The oldest turn that is never recorded. */
  openSince?: number | null;
}

function searched(target: Target, until = 300_000, driverProfile = profile) {
  const { ttfa = () => 400, connects = true, health = () => ({}), openSince = null } = target;
  const plan = shortCalls({ url: 'ws://127.0.0.1/', loads: [], thresholds });
  const roster = new Roster({
    load: 0,
    shares: new Shares([{ group: 0, weight: 1 }]),
    numbering: new Numbering(1),
    send: (_worker, message) => {
      if (message.type === 'remove') for (const vu of message.vus) roster.gone(vu);
    },
  });
  const driver = new BreakingPointDriver({ plan, profile: driverProfile, roster, workers: 1, startAt: 0 });
  const said: string[] = [];
  let ms = 0;
  let over = false;
  for (; ms < until && !over; ms += 50) {
    over = driver.follow(ms);
    if (ms === 0 || ms % 1000 !== 0) continue;
    const calls = roster.size;
    const answered = ttfa(calls);
    // Every call speaks once a second; the turn is recorded in the second after.
    const turns = Array.from({ length: calls }, (_, i) =>
      aTurn({ startedAt: ms - 1500 + i, ttfa: answered, status: answered === null ? 'failed' : 'ok' }),
    );
    driver.report(
      0,
      aReport({
        at: ms,
        active: connects ? calls : 0,
        turns: connects ? turns : [],
        calls: connects ? [] : [aCall({ startedAt: ms - 100, connectedAt: null, outcome: 'failed' })],
        open: driver.openSince === null ? null : { since: openSince, calls: [] },
      }),
    );
    driver.second(aSecond(ms, health(calls)), 1_000_000 + ms);
    said.push(driver.result().sentence);
  }
  const steps = () => driver.result().steps.map(({ users, kind, result }) => `${kind} ${users} ${result}`);
  return { driver, steps, said, ms };
}

describe('the breaking point', () => {
  it('lies between the most calls that are held and the fewest that are not', () => {
    const { driver, steps, said } = searched({ ttfa: (calls) => 400 + Math.max(0, calls - 14) * 50 });
    expect(steps()).toEqual([
      'step 10 pass',
      'step 20 warn',
      'step 40 fail',
      'search 30 fail',
      'search 25 warn',
      'search 27 fail',
    ]);
    expect(driver.result()).toMatchObject({ holds: 25, breaks_at: 27, limited_by: 'target' });
    expect(driver.result().sentence).toBe('holds 25 calls; at 27, ttfa p95 passed 1 s');
    expect(driver.thresholds().map(({ metric, value, status }) => [metric, value, status])).toEqual([
      ['ttfa', expect.closeTo(950, 0), 'warn'],
      ['barge_in', null, 'fail'],
      ['calls_held', 25, 'warn'],
    ]);
    expect(driver.untrusted()).toEqual([]);
    expect(said).toContain('holds 10 calls so far; holding 20');
    expect(said).toContain('holds 20 calls so far; at 40, ttfa p95 passed 1 s; going to 30');
  });

  it('judges what began while a number was held, and holds it as long as was said', () => {
    const { driver } = searched({});
    for (const { users, from_s, to_s, ttfa_p95, thresholds: rows } of driver.result().steps) {
      expect((to_s ?? 0) - from_s).toBeGreaterThanOrEqual(5);
      expect((to_s ?? 0) - from_s).toBeLessThan(5.1);
      expect(ttfa_p95).toBeCloseTo(400, 0);
      // None was interrupted in that time: no number of calls is blamed for it.
      expect(rows.map((row) => row.metric)).toEqual(['ttfa']);
      expect(users).toBeGreaterThan(0);
    }
    expect(driver.result()).toMatchObject({ holds: 40, breaks_at: null, limited_by: null });
    expect(driver.result().sentence).toBe('holds 40 calls, the most that were tried');
  });

  it('is not what a machine that is itself the bottleneck finds: the search ends below', () => {
    const { driver, steps } = searched({ health: (calls) => (calls > 12 ? { slipped: 2 } : {}) });
    expect(steps()).toEqual(['step 10 pass', 'step 20 generator']);
    expect(driver.result()).toMatchObject({ holds: 10, breaks_at: 20, limited_by: 'generator' });
    expect(driver.result().sentence).toMatch(
      /^holds 10 calls; at 20, this machine was the bottleneck \(\d+ calls slipped/,
    );
    // The answer rests on the ten, which it carried well.
    expect(driver.untrusted()).toEqual([]);
  });

  it('cannot be trusted when the machine carried no number at all', () => {
    const { driver } = searched({ health: () => ({ loopDelay: 90 }) });
    expect(driver.result()).toMatchObject({ holds: null, breaks_at: 10, limited_by: 'generator' });
    expect(driver.untrusted()).toEqual([expect.stringContaining('the event loop stood still for 90 ms')]);
  });

  it.each([
    [{ connects: false }, 'no number of calls was held; at 1, no call was connected'],
    [{ ttfa: () => null }, 'no number of calls was held; at 1, no turn was finished'],
  ] as const)('lies below one call when the target is dead: %o', (target, sentence) => {
    const { driver, steps } = searched(target, 300_000, { ...profile, resolution: 1 });
    expect(steps()).toEqual(['step 10 fail', 'search 5 fail', 'search 2 fail', 'search 1 fail']);
    expect(driver.result().sentence).toBe(sentence);
    expect(driver.held).toBe(false);
  });

  it('does not wait longer for open turns than the graceful stop', () => {
    const { driver, ms } = searched({ openSince: 10 });
    expect(driver.result().holds).toBe(40);
    const [first, second] = driver.result().steps;
    expect((second?.from_s ?? 0) - (first?.to_s ?? 0)).toBeGreaterThanOrEqual(4);
    expect(ms).toBeLessThan(60_000);
  });

  it('is left open when the run ends before: what was held counts, what was being held does not', () => {
    const { driver, steps } = searched({}, 9000);
    driver.end(9000);
    expect(steps()).toEqual(['step 10 pass', 'step 20 cut']);
    expect(driver.result().sentence).toBe('holds 10 calls; the run ended before the search did');
    const none = searched({}, 2000).driver;
    none.end(2000);
    expect(none.result()).toMatchObject({ holds: null, breaks_at: null, limited_by: null });
    expect(none.result().sentence).toMatch(/^no number of calls was held long enough to be judged/);
  });
});
