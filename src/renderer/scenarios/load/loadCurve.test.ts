import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { peakUsers, plannedMs, toLoadProfile } from '#contract/scenario/load';
import { type DrawnLoad, previewOf } from './loadCurve.ts';

const drawn = (load: unknown, startAfterMs = 0, name = 'callers'): DrawnLoad => ({
  name,
  load: Load.parse(load),
  startAfterMs,
});
const ramp = {
  executor: 'ramping-vus',
  stages: [
    { target: 20, duration: '10s' },
    { target: 20, duration: '5m' },
    { target: 0, duration: '10s' },
  ],
};
const rate = { executor: 'constant-arrival-rate', rate: 30, per: '1m', duration: '2m', max_users: 40 };

describe('the preview of a load', () => {
  it('has every bend of a ramp', () => {
    const { t, curves } = previewOf([drawn(ramp)], null);
    const at = (seconds: number) => curves[0]?.values[t.indexOf(seconds)];
    expect([at(0), at(10), at(310), at(320)]).toEqual([1, 20, 20, 0]);
  });

  it('shows rates in the time they are counted in, and how many calls there have been', () => {
    const { curves, perMs } = previewOf([drawn(rate)], null);
    expect(perMs).toBe(60_000);
    expect(curves[0]?.unit).toBe('rate');
    expect(curves[0]?.values[0]).toBe(30);
    expect(curves[0]?.calls?.at(-1)).toBeCloseTo(60, 6);
  });

  it('puts several loads on one axis of time, each where it begins, and their users together', () => {
    const second = { users: 5, duration: '1m' };
    const preview = previewOf(
      [drawn(ramp), drawn(second, 600_000, 'late'), drawn(rate, 0, 'arriving')],
      null,
    );
    expect(preview.endS).toBe(660);
    expect(preview.perMs).toBe(60_000);
    const late = preview.curves[1]?.values ?? [];
    expect(late[0]).toBeNull();
    expect(late[preview.t.indexOf(600)]).toBe(5);
    expect(preview.together?.[preview.t.indexOf(310)]).toBe(20);
    expect(preview.together?.at(-1)).toBe(5);
  });

  it('tells what of a number of calls is sure from what may be', () => {
    const calls = drawn({ executor: 'per-vu-iterations', users: 4, iterations: 3, max_duration: '5m' });
    const { t, curves } = previewOf([calls], 20_000);
    expect(curves[0]?.values[t.indexOf(60)]).toBe(4);
    expect(curves[0]?.values.at(-1)).toBeNull();
    expect(curves[0]?.perhaps?.at(-1)).toBe(4);
    expect(previewOf([calls], null).curves[0]?.values.at(-1)).toBe(4);
  });

  it('of a search has its steps, and the places where a finer one may follow', () => {
    const search = { executor: 'breaking-point', steps: [50, 100], hold: '30s' };
    const preview = previewOf([drawn(search)], null);
    const file = { users: [], load: Load.parse(search) };
    expect(preview.endS).toBe(80);
    expect(preview.longestS).toBeCloseTo(plannedMs(file) / 1000, 6);
    expect(preview.bands.map(({ low, high, fromS }) => [low, high, fromS])).toEqual([
      [0, 50, 40],
      [50, 100, 80],
    ]);
    const values = preview.curves[0]?.values ?? [];
    expect(Math.max(...values.map((value) => value ?? 0))).toBe(peakUsers(toLoadProfile(Load.parse(search))));
  });
});
