import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { previewOf } from './loadCurve.ts';
import { pointsOf } from './loadPoints.ts';
import { arrowedLoad, type Drag, draggedLoad, fitExtent } from './pointDrag.ts';
import { nextStep, snap } from './snapping.ts';

const ramp = Load.parse({
  executor: 'ramping-vus',
  stages: [
    { target: 20, duration: '10s' },
    { target: 23, duration: '5m' },
  ],
});
const drag: Drag = {
  load: ramp,
  key: 'stage-1',
  msPerPixel: 1000,
  valuePerPixel: 0.5,
  shownMs: 400_000,
  shownValue: 100,
};

describe('dragging a point', () => {
  it('sideways changes the length of its stage, in round steps', () => {
    expect(draggedLoad(drag, 13, 0, false)).toMatchObject({
      stages: [{}, { target: 23, duration: 315_000 }],
    });
  });

  it('upwards changes its target, in round steps', () => {
    expect(draggedLoad(drag, 2, 21, false)).toMatchObject({
      stages: [{}, { target: 35, duration: 300_000 }],
    });
  });

  it('with Shift is finer', () => {
    expect(draggedLoad(drag, 13, 21, true)).toMatchObject({
      stages: [{}, { target: 34, duration: 313_000 }],
    });
  });

  it('of a later step of a search keeps the point under the pointer: every hold takes its share', () => {
    const search = Load.parse({ executor: 'breaking-point', steps: [10, 20, 30], hold: '60s' });
    const moved = draggedLoad({ ...drag, load: search, key: 'step-2', shownMs: 100_000 }, 30, 0, false);
    expect(moved).toMatchObject({ hold: 70_000 });
    const before = pointsOf(search).at(-1)?.tMs ?? 0;
    expect(pointsOf(moved).at(-1)?.tMs).toBe(before + 30_000);
  });
});

describe('arrow keys on a point', () => {
  const point = pointsOf(ramp).find((p) => p.key === 'stage-1');
  const shown = { ms: 400_000, value: 100 };

  it('go to the next round value', () => {
    if (!point) throw new Error('The stage has no point.');
    expect(arrowedLoad(ramp, point, 'ArrowUp', shown, false)).toMatchObject({ stages: [{}, { target: 25 }] });
    expect(arrowedLoad(ramp, point, 'ArrowDown', shown, false)).toMatchObject({
      stages: [{}, { target: 20 }],
    });
    expect(arrowedLoad(ramp, point, 'ArrowDown', shown, true)).toMatchObject({
      stages: [{}, { target: 22 }],
    });
    expect(arrowedLoad(ramp, point, 'ArrowRight', shown, false)).toMatchObject({
      stages: [{}, { duration: 305_000 }],
    });
    expect(arrowedLoad(ramp, point, 'Enter', shown, false)).toBeNull();
  });

  it('steps of rates have no dust', () => {
    expect(snap(0.30000000000000004, 0.1)).toBe(0.3);
    expect(nextStep(0.3, 0.1, 1)).toBe(0.4);
    expect(nextStep(0.35, 0.1, -1)).toBe(0.3);
  });
});

describe('the axes', () => {
  it('leave room above and behind the load, and for the search that may follow', () => {
    const search = Load.parse({ executor: 'breaking-point', steps: [10, 100], hold: '60s' });
    const preview = previewOf([{ name: 'all', load: search, startAfterMs: 0 }], null);
    const extent = fitExtent(preview);
    expect(extent.users).toBeGreaterThan(100);
    expect(preview.longestS).toBeGreaterThan(preview.endS);
    expect(extent.endS).toBeGreaterThan(preview.longestS);
  });
});
