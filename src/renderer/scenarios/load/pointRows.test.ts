import { describe, expect, it } from 'vitest';
import { nextStage, nextUsersStep, pointListOf, stageTimes } from './pointRows.ts';

describe('stages and steps as rows', () => {
  it('says when each stage is, until a length is not known', () => {
    const stages = [{ duration: '10s' }, { duration: '5m' }, { duration: 'soon' }, { duration: '1s' }];
    expect(stageTimes(stages)).toEqual(['00:00 – 00:10', '00:10 – 05:10', null, null]);
  });

  it('adds a stage like the last, and one of a minute where the last says nothing', () => {
    expect(nextStage([{ target: 20, duration: '5m' }])).toEqual({ target: 20, duration: '5m' });
    expect(nextStage([{ target: 'x', duration: '0s' }])).toEqual({ target: 10, duration: '1m' });
    expect(nextStage([])).toEqual({ target: 10, duration: '1m' });
  });

  it('adds a step as far above as the last was', () => {
    expect(nextUsersStep([50, 100, 200])).toBe(300);
    expect(nextUsersStep([])).toBe(10);
    expect(nextUsersStep([50, 50])).toBe(51);
  });

  it('knows which list a load has', () => {
    expect(pointListOf({ executor: 'breaking-point' })).toBe('steps');
    expect(pointListOf({ executor: 'ramping-arrival-rate' })).toBe('stages');
    expect(pointListOf({ users: 5 })).toBeNull();
  });
});
