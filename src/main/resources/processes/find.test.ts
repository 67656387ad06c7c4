import { describe, expect, it } from 'vitest';
import { processesNamed, withDescendants } from './find.ts';
import type { ProcessEntry } from './table.ts';

function entry(pid: number, parent: number, name: string, ...command: string[]): ProcessEntry {
  return { pid, parent, name, command, identity: String(pid), cpuS: null, cores: 0, rss: 0 };
}

const all = [
  entry(1, 0, 'init', '/sbin/init'),
  entry(10, 1, 'sh', 'sh', '-c', 'crosstalk run x.yaml --watch process=python'),
  entry(11, 10, 'node', 'node', 'cli.js', 'run', '--watch', 'process=python'),
  entry(20, 1, 'python3.12', '/usr/bin/python3.12', '-m', 'agent.server'),
  entry(21, 20, 'python3.12', '/usr/bin/python3.12', '-c', 'from multiprocessing …'),
  entry(22, 1, 'a-very-long-pro', '/opt/a-very-long-program-name', '--x'),
  entry(30, 1, 'redis-server', '/usr/bin/redis-server *:6379'),
  entry(31, 1, 'bash', 'bash', '-c', 'tail -f redis-server.log'),
];
const pids = (wanted: string) => processesNamed(wanted, all, 11).map(({ pid }) => pid);

describe('processes of a name', () => {
  it('are those that are called so, before those whose command line holds it', () => {
    expect(pids('redis-server')).toEqual([30]);
    expect(pids('redis-server.log')).toEqual([31]);
    expect(pids('a-very-long-program-name')).toEqual([22]);
    expect(pids('agent.server')).toEqual([20]);
    expect(pids('nothing')).toEqual([]);
  });

  it('are never Crosstalk itself or who started it', () => {
    expect(pids('python')).toEqual([20, 21]);
    expect(pids('node')).toEqual([]);
  });
});

it('all below a process are found, whatever the order and however odd the tree', () => {
  expect([...withDescendants([1], all).keys()].sort((a, b) => a - b)).toEqual([
    1, 10, 11, 20, 21, 22, 30, 31,
  ]);
  expect([...withDescendants([20, 21], all).keys()].sort((a, b) => a - b)).toEqual([20, 21]);
  expect([...withDescendants([99], all).keys()]).toEqual([]);
  const loop = [entry(1, 2, 'a'), entry(2, 1, 'b')];
  expect([...withDescendants([1], loop).keys()].sort((a, b) => a - b)).toEqual([1, 2]);
});
