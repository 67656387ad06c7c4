import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { addPoint, movePoint, removePoint } from './loadPoints.ts';
import { narrowed, writeLoad } from './writeLoad.ts';

const written = {
  executor: 'ramping-vus',
  stages: [
    { target: 20, duration: '10000ms' },
    { target: 20, duration: '300s' },
    { target: 0, duration: '10s' },
  ],
  graceful_stop: '0.5m',
};
const load = Load.parse(written);

describe('a changed load in the words of its file', () => {
  it('keeps what did not change as it was written, and adds no defaults', () => {
    expect(writeLoad(written, load, movePoint(load, 'stage-1', { value: 30 }))).toEqual({
      ...written,
      stages: [written.stages[0], { target: 30, duration: '300s' }, written.stages[2]],
    });
  });

  it('puts a new stage between the others', () => {
    const added = addPoint(load, 110_000, 50);
    if (!added) throw new Error('No stage was added.');
    expect(writeLoad(written, load, added.load)).toEqual({
      ...written,
      stages: [
        written.stages[0],
        { target: 50, duration: '1m40s' },
        { target: 20, duration: '3m20s' },
        written.stages[2],
      ],
    });
  });

  it('takes a stage out', () => {
    const less = removePoint(load, 'stage-0');
    if (!less) throw new Error('The stage is still there.');
    expect(writeLoad(written, load, less)).toEqual({ ...written, stages: written.stages.slice(1) });
  });

  it('writes a start that was left out', () => {
    expect(writeLoad(written, load, movePoint(load, 'start', { value: 3 }))).toEqual({
      ...written,
      start_users: 3,
    });
  });

  it('reads back as what it was to be', () => {
    const moved = movePoint(load, 'stage-1', { value: 31, lengthMs: 61_500 });
    expect(Load.parse(writeLoad(written, load, moved))).toEqual(moved);
  });
});

describe('the smallest place of a change', () => {
  it('is the one value that differs', () => {
    const next = writeLoad(written, load, movePoint(load, 'stage-1', { value: 30 }));
    expect(narrowed(written, next, ['load'])).toEqual({ path: ['load', 'stages', 1, 'target'], value: 30 });
  });

  it('is the stage when both its values differ, and nothing when none does', () => {
    const next = writeLoad(written, load, movePoint(load, 'stage-1', { value: 30, lengthMs: 60_000 }));
    expect(narrowed(written, next, ['load'])).toEqual({
      path: ['load', 'stages', 1],
      value: { target: 30, duration: '1m' },
    });
    expect(narrowed(written, written, ['load'])).toBeNull();
  });

  it('is the map around a key that goes', () => {
    expect(narrowed({ a: 1, b: 2 }, { a: 1 }, [])).toEqual({ path: [], value: { a: 1 } });
  });
});
