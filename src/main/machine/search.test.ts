import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CalibrationProbe } from '#contract/calibration';
import { nextProbe, outcomeOf, type SearchBounds } from './search.ts';

const probed = (calls: number, carried: boolean, agentOverrun = false): CalibrationProbe => ({
  calls,
  carried,
  latenessP99: 1,
  sentShare: 1,
  agentOverrun,
  reason: carried ? null : 'late',
});

/** The whole search against a machine that answers by `carries`. */
function search(carries: (calls: number, nth: number) => boolean, bounds: SearchBounds): CalibrationProbe[] {
  const probes: CalibrationProbe[] = [];
  for (;;) {
    const calls = nextProbe(probes, bounds);
    if (calls === null) return probes;
    if (probes.length > 60) throw new Error('The search does not end');
    probes.push(probed(calls, carries(calls, probes.length)));
  }
}

const tried = (probes: CalibrationProbe[]) => probes.map(({ calls }) => calls);
const wide = { first: 100, most: 20_000 };

describe('the search', () => {
  it('grows by half, makes sure of the first failure, and halves the gap twice', () => {
    const probes = search((calls) => calls <= 412, wide);
    expect(tried(probes)).toEqual([100, 150, 225, 338, 507, 507, 423, 381]);
    expect(outcomeOf(probes, wide)).toEqual({ calls: 381, endedBy: 'generator' });
  });

  it('does not stop at a moment of disturbance', () => {
    const probes = search((calls, nth) => nth !== 2 && calls <= 412, wide);
    expect(tried(probes)).toEqual([100, 150, 225, 225, 338, 507, 507, 423, 381]);
    expect(outcomeOf(probes, wide)?.calls).toBe(381);
  });

  it('goes down where even the first number is not carried', () => {
    expect(tried(search((calls) => calls <= 60, wide))).toEqual([100, 100, 50, 75]);
    const none = search(() => false, wide);
    expect(tried(none)).toEqual([100, 100, 50, 25]);
    expect(outcomeOf(none, wide)).toBeNull();
  });

  it('ends at the limits of the machine', () => {
    const bounds = { first: 100, most: 200 };
    const probes = search(() => true, bounds);
    expect(tried(probes)).toEqual([100, 150, 200]);
    expect(outcomeOf(probes, bounds)).toEqual({ calls: 200, endedBy: 'limits' });
    expect(tried(search(() => true, { first: 100, most: 40 }))).toEqual([40]);
  });

  it('ends where the practice agent is overrun', () => {
    const probes = [probed(100, true), probed(150, false, true)];
    expect(nextProbe(probes, wide)).toBeNull();
    expect(outcomeOf(probes, wide)).toEqual({ calls: 100, endedBy: 'agent' });
  });

  it('says so when the time was up', () => {
    expect(outcomeOf([probed(100, true), probed(150, true)], wide)).toEqual({ calls: 150, endedBy: 'time' });
    expect(outcomeOf([probed(100, true), probed(150, false)], wide)).toEqual({ calls: 100, endedBy: 'time' });
    expect(outcomeOf([], wide)).toBeNull();
  });

  it('ends near the truth on any machine that does not waver', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 6000 }),
        fc.integer({ min: 1, max: 800 }),
        fc.integer({ min: 1, max: 6000 }),
        (truth, first, most) => {
          const bounds = { first, most };
          const probes = search((calls) => calls <= truth, bounds);
          const found = outcomeOf(probes, bounds);
          expect(Math.max(...tried(probes))).toBeLessThanOrEqual(most);
          if (found === null) expect(truth).toBeLessThan(Math.min(first, most));
          else {
            expect(found.calls).toBeLessThanOrEqual(truth);
            if (found.endedBy === 'limits') expect(found.calls).toBe(most);
            else if (found.calls >= first)
              expect(truth - found.calls).toBeLessThanOrEqual(found.calls / 8 + 2);
          }
        },
      ),
    );
  });
});
