import { describe, expect, it } from 'vitest';
import type { ProcessEntry } from './table.ts';
import { CpuUse } from './usage.ts';

function entry(pid: number, own: number, endedChildren = 0): ProcessEntry {
  return {
    pid,
    parent: 1,
    name: 'x',
    command: ['x'],
    identity: `${pid} 1`,
    cpuS: { own, endedChildren },
    cores: null,
    rss: 0,
  };
}

describe('CPU of some processes', () => {
  it('is what they used since the look before, in cores', () => {
    const use = new CpuUse();
    expect(use.look([entry(1, 100), entry(2, 50)], 0)).toBeNull();
    expect(use.look([entry(1, 101), entry(2, 52)], 2000)).toBe(1.5);
    expect(use.look([entry(1, 101), entry(2, 52)], 4000)).toBe(0);
  });

  it('counts a child that began and ended once, whoever has its time then', () => {
    const use = new CpuUse();
    use.look([entry(1, 10)], 0);
    expect(use.look([entry(1, 10), entry(2, 1)], 1000)).toBe(1);
    // It used half a second more, ended, and left its 1.5 s to its parent.
    expect(use.look([entry(1, 10, 1.5)], 2000)).toBe(0.5);
    // A child of which nothing was seen in between.
    expect(use.look([entry(1, 10, 2.5)], 3000)).toBe(1);
  });

  it('of one alone has nothing of its children, also when they leave it what they used', () => {
    const use = new CpuUse({ alone: true });
    use.look([entry(1, 10)], 0);
    expect(use.look([entry(1, 10.5, 30)], 1000)).toBe(0.5);
  });

  it('is never below what those that are there used, where nobody inherits from one that ended', () => {
    const use = new CpuUse();
    use.look([entry(1, 10), entry(2, 100)], 0);
    expect(use.look([entry(1, 11)], 1000)).toBe(1);
  });

  it('goes on with a process that took the place of another', () => {
    const use = new CpuUse();
    use.look([entry(1, 10)], 0);
    expect(use.look([], 1000)).toBeNull();
    expect(use.look([entry(5, 3)], 2000)).toBeNull();
    expect(use.look([entry(5, 3.5)], 3000)).toBe(0.5);
    expect(use.look([entry(6, 0.25)], 4000)).toBe(0.25);
  });

  it('is what the system says where it counts no time', () => {
    const use = new CpuUse();
    const said = { ...entry(1, 0), cpuS: null };
    expect(
      use.look(
        [
          { ...said, cores: 0.5 },
          { ...said, pid: 2, identity: '2', cores: 1 },
        ],
        0,
      ),
    ).toBe(1.5);
  });
});
