import { describe, expect, it } from 'vitest';
import { idleBetween, parseCoreList, parseCores } from './cores.ts';

const stat = (idle0: number, busy0: number, idle1: number, busy1: number) =>
  parseCores(
    `cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 ${busy0} 0 0 ${idle0} 0 0 0 0 5 0\ncpu1 ${busy1} 0 0 ${idle1 - 10} 10 0 0 0 0 0\nintr 1 2\n`,
  );

describe('idle cores', () => {
  const before = stat(100, 50, 100, 50);
  const after = stat(125, 125, 200, 50);

  it('is the idle time of the cores the process may use; waiting for a disk is idle', () => {
    expect(idleBetween(before, after, null)).toBe(1.25);
    expect(idleBetween(before, after, [0])).toBe(0.25);
    expect(idleBetween(before, after, [1])).toBe(1);
  });

  it('is not known for cores the system does not show, or when no tick has passed', () => {
    expect(idleBetween(before, after, [7])).toBeNull();
    expect(idleBetween(before, before, null)).toBeNull();
    expect(idleBetween(parseCores('cpu 1 2 3\n'), after, null)).toBeNull();
  });

  it('reads lists of cores', () => {
    expect(parseCoreList('0')).toEqual([0]);
    expect(parseCoreList('0-2,5,8-9')).toEqual([0, 1, 2, 5, 8, 9]);
    expect(parseCoreList('')).toEqual([]);
  });
});
