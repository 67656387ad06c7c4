import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { compileJourney } from './journey.ts';
import { getStep, groupOf, httpUsers, planOf } from './testing/plans.ts';
import { Walk } from './walk.ts';

function namesOf(groups: ReturnType<typeof groupOf>[], iterations = 1): string[][] {
  const users = httpUsers({ url: 'http://h', journey: { tasks: [{ name: 't', weight: 1, groups }] } });
  const { steps } = planOf([users]);
  const [task] = compileJourney(users, steps).tasks;
  const walk = new Walk(new Random(3));
  return Array.from({ length: iterations }, () => {
    const names: string[] = [];
    walk.begin(task?.groups ?? []);
    for (let step = walk.next(); step !== null; step = walk.next()) names.push(step.name);
    return names;
  });
}

describe('the way through an iteration', () => {
  it('is all steps in order, groups as often as they are repeated', () => {
    const groups = [
      groupOf([getStep('/a')]),
      groupOf([getStep('/b'), getStep('/c')], { repeat: { from: 3, to: 3 } }),
      groupOf([getStep('/d')]),
    ];
    expect(namesOf(groups)).toEqual([['/a', '/b', '/c', '/b', '/c', '/b', '/c', '/d']]);
  });

  it('leaves groups out and repeats them by chance', () => {
    const groups = [
      groupOf([getStep('/a')], { probability: 0.25 }),
      groupOf([getStep('/b')], { repeat: { from: 1, to: 3 } }),
      groupOf([getStep('/never')], { probability: 0 }),
    ];
    const ways = namesOf(groups, 400);
    const withA = ways.filter((names) => names.includes('/a')).length;
    expect(withA).toBeGreaterThan(60);
    expect(withA).toBeLessThan(140);
    expect(new Set(ways.map((names) => names.filter((name) => name === '/b').length))).toEqual(
      new Set([1, 2, 3]),
    );
    expect(ways.flat()).not.toContain('/never');
  });
});
