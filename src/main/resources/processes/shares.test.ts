import { expect, it } from 'vitest';
import { MemoryShares } from './shares.ts';
import type { ProcessEntry } from './table.ts';

const entry = (pid: number): ProcessEntry => ({
  pid,
  parent: 1,
  name: 'x',
  command: ['x'],
  identity: String(pid),
  cpuS: null,
  cores: null,
  rss: 1000,
});

it('a share is asked of a process when it is new, then of one at every look in turn, and forgotten with its process', async () => {
  const asked: number[] = [];
  const shares = new MemoryShares({
    proportional: (pid) => {
      asked.push(pid);
      return Promise.resolve(pid === 3 ? null : pid * 100);
    },
  });
  const look = async (...pids: number[]) => {
    asked.length = 0;
    shares.begin();
    const found: number[] = [];
    for (const pid of pids) found.push(await shares.of(entry(pid)));
    return { found, asked: [...asked] };
  };
  expect(await look(1, 2, 3)).toEqual({ found: [0.1, 0.2, 1], asked: [1, 2, 3] });
  expect((await look(1, 2, 3)).asked).toEqual([1]);
  expect((await look(1, 2, 3)).asked).toEqual([2]);
  expect((await look(1, 3)).asked).toEqual([3]);
  expect((await look(1, 3)).asked).toEqual([1]);
  expect((await look(1, 3)).asked).toEqual([3]);
  expect((await look(1, 2, 3)).asked).toEqual([1, 2]);
});
