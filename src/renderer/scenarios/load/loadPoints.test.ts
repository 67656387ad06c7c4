import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { addPoint, movePoint, pointsOf, removePoint } from './loadPoints.ts';

const ramp = Load.parse({
  executor: 'ramping-vus',
  stages: [
    { target: 20, duration: '10s' },
    { target: 20, duration: '5m' },
    { target: 0, duration: '10s' },
  ],
});
const search = Load.parse({ executor: 'breaking-point', steps: [50, 100, 200], hold: '30s' });

describe('the points of a load', () => {
  it('stand at the ends of its stages', () => {
    expect(pointsOf(ramp).map(({ key, tMs, value }) => [key, tMs, value])).toEqual([
      ['start', 0, 0],
      ['stage-0', 10_000, 20],
      ['stage-1', 310_000, 20],
      ['stage-2', 320_000, 0],
    ]);
  });

  it('of a search stand where each step has been held', () => {
    expect(pointsOf(search).map((point) => point.tMs)).toEqual([40_000, 80_000, 120_000]);
  });

  it('of the short form are its ramp and its end; a ramp that is cut off has none', () => {
    const short = Load.parse({ users: 20, spawn_rate: 5, duration: '5m' });
    expect(pointsOf(short).map(({ key, tMs }) => [key, tMs])).toEqual([
      ['ramp', 4000],
      ['end', 300_000],
    ]);
    expect(pointsOf(Load.parse({ users: 20, spawn_rate: 0.01, duration: '5m' }))).toHaveLength(1);
  });
});

describe('moving a point', () => {
  it('changes the length and target of its own stage alone', () => {
    const moved = movePoint(ramp, 'stage-1', { value: 30, lengthMs: 60_000 });
    expect(moved).toEqual({
      ...ramp,
      stages: [
        { target: 20, duration: 10_000 },
        { target: 30, duration: 60_000 },
        { target: 0, duration: 10_000 },
      ],
    });
  });

  it('stays within what may be written', () => {
    expect(movePoint(ramp, 'stage-0', { value: -5, lengthMs: -1 })).toMatchObject({
      stages: [{ target: 0, duration: 0 }, {}, {}],
    });
    expect(movePoint(ramp, 'start', { value: 4, lengthMs: 9 })).toMatchObject({ start_users: 4 });
  });

  it('of a search never passes its neighbours, and holds every step as long', () => {
    expect(movePoint(search, 'step-1', { value: 500 })).toMatchObject({ steps: [50, 199, 200] });
    expect(movePoint(search, 'step-1', { value: 10 })).toMatchObject({ steps: [50, 51, 200] });
    expect(movePoint(search, 'step-2', { lengthMs: 60_000 })).toMatchObject({ hold: 60_000 });
  });

  it('of the short form sideways changes how fast users come', () => {
    const short = Load.parse({ users: 20, spawn_rate: 5, duration: '5m' });
    expect(movePoint(short, 'ramp', { lengthMs: 10_000 })).toMatchObject({ users: 20, spawn_rate: 2 });
    expect(movePoint(short, 'end', { value: 40, lengthMs: 60_000 })).toMatchObject({
      users: 40,
      spawn_rate: 5,
      duration: 60_000,
    });
  });

  it('of any executor gives a load that can be run', () => {
    for (const written of [
      { executor: 'constant-vus', users: 5, duration: '1m' },
      { executor: 'constant-arrival-rate', rate: 5, duration: '1m', max_users: 9 },
      { executor: 'shared-iterations', users: 5, iterations: 10 },
    ]) {
      const moved = movePoint(Load.parse(written), 'end', { value: 0, lengthMs: 0 });
      const [end] = pointsOf(moved);
      expect(end?.value).toBeGreaterThan(0);
      expect(end?.tMs).toBe(1000);
    }
  });
});

describe('points that come and go', () => {
  it('cut the stage they fall into in two', () => {
    const added = addPoint(ramp, 100_200, 35.4);
    expect(added?.key).toBe('stage-1');
    expect(added?.load).toMatchObject({
      stages: [
        { target: 20, duration: 10_000 },
        { target: 35, duration: 90_000 },
        { target: 20, duration: 210_000 },
        { target: 0, duration: 10_000 },
      ],
    });
  });

  it('behind the end are a stage more', () => {
    expect(addPoint(ramp, 380_000, 8)?.load).toMatchObject({
      stages: [{}, {}, {}, { target: 8, duration: 60_000 }],
    });
  });

  it('of a search come in order of users', () => {
    expect(addPoint(search, 0, 150)).toEqual({
      load: { ...search, steps: [50, 100, 150, 200] },
      key: 'step-2',
    });
    expect(addPoint(search, 0, 100)).toBeNull();
  });

  it('go, but for the last', () => {
    expect(removePoint(ramp, 'stage-1')).toMatchObject({ stages: [{ duration: 10_000 }, { target: 0 }] });
    expect(removePoint(ramp, 'start')).toBeNull();
    const one = Load.parse({ executor: 'breaking-point', steps: [50], hold: '30s' });
    expect(removePoint(one, 'step-0')).toBeNull();
    expect(addPoint(Load.parse({ users: 5, duration: '1m' }), 1000, 5)).toBeNull();
  });
});
