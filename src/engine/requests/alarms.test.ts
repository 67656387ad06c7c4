import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarms } from './alarms.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function rig() {
  let now = 0;
  const alarms = new Alarms({ now: () => now });
  return {
    alarms,
    run: (ms: number) => {
      for (const end = now + ms; now < end;) {
        now += 0.5;
        vi.advanceTimersByTime(0.5);
      }
    },
  };
}

describe('alarms', () => {
  it('ring once each, in order, never early and with one timer for all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.boolean()), { maxLength: 60 }),
        (wanted) => {
          const { alarms, run } = rig();
          const rung: { due: number; now: number; index: number }[] = [];
          const unset = wanted.map(([due], index) =>
            alarms.set(due, { wake: (now, at) => rung.push({ due: at, now, index }) }),
          );
          expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
          for (const [i, [, stays]] of wanted.entries()) if (!stays) unset[i]?.();
          run(110);
          expect(rung.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
            wanted.flatMap(([, stays], i) => (stays ? [i] : [])),
          );
          expect(rung.map(({ due }) => due)).toEqual(rung.map(({ due }) => due).toSorted((a, b) => a - b));
          for (const { due, now } of rung) {
            expect(now).toBeGreaterThanOrEqual(due);
            expect(now - due).toBeLessThanOrEqual(2.5);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('that are set while others ring have their turn, though not at once', () => {
    const { alarms, run } = rig();
    const order: string[] = [];
    alarms.set(5, {
      wake: (now) => {
        order.push('first');
        alarms.set(now, { wake: () => order.push('third') });
      },
    });
    alarms.set(5, { wake: () => order.push('second') });
    run(20);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('are silent once they are closed', () => {
    const { alarms, run } = rig();
    const wake = vi.fn();
    alarms.set(5, { wake });
    alarms.close();
    run(20);
    expect(wake).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
