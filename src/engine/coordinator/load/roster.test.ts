import { describe, expect, it } from 'vitest';
import { Roster } from './roster.ts';

const flat = <T>(map: Map<number, T[]>) => [...map.values()].flat();

describe('roster', () => {
  it('shares users out by weight and over all workers', () => {
    const roster = new Roster([3, 1], 3);
    const placed = roster.add(40);
    expect(flat(placed).filter((u) => u.group === 0)).toHaveLength(30);
    expect([...placed.values()].map((u) => u.length).sort()).toEqual([13, 13, 14]);
  });

  it('spreads the users of a worker evenly over the frame interval', () => {
    const phases = flat(new Roster([1], 1).add(100))
      .map((u) => u.phase)
      .sort((a, b) => a - b);
    const gaps = phases.slice(1).map((phase, i) => phase - (phases[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.03);
  });

  it('takes the newest users off first and gives new ones new numbers', () => {
    const roster = new Roster([1], 1);
    roster.add(5);
    expect(flat(roster.remove(2)).sort()).toEqual([4, 5]);
    expect(roster.size).toBe(3);
    expect(flat(roster.add(1)).map((u) => u.vu)).toEqual([6]);
  });
});
