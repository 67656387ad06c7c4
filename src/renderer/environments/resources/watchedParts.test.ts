import { describe, expect, it } from 'vitest';
import {
  foundBy,
  freeName,
  selectorsOf,
  watchedIn,
  wayOf,
  withoutWatched,
  withSelector,
  withWatched,
} from './watchedParts.ts';

const value = {
  name: 'staging',
  resources: {
    every: '1s',
    processes: [{ name: 'agent', port: 8080 }, 'nonsense'],
    prometheus: [
      { name: 'server', url: 'http://localhost/m', series: ['up', { series: 'depth', sum: true }] },
    ],
  },
};

describe('what is watched', () => {
  it('is what is written, whatever that is', () => {
    expect(watchedIn(value, 'processes')).toEqual([{ name: 'agent', port: 8080 }, {}]);
    expect(watchedIn({ resources: { processes: 5 } }, 'processes')).toEqual([]);
    expect(watchedIn(undefined, 'prometheus')).toEqual([]);
  });

  it('is found in one way', () => {
    expect(wayOf({ name: 'agent', port: 8080 })).toBe('port');
    expect(wayOf({})).toBe('process');
    expect(foundBy({ name: 'agent', port: 8080, children: false }, 'pid')).toEqual({
      name: 'agent',
      children: false,
      pid: '',
    });
  });

  it('can be more and less, and leaves nothing behind when it was the last', () => {
    const one = { name: 'redis', process: 'redis' };
    expect(withWatched({}, 'processes', one)).toEqual({ processes: [one] });
    expect(withWatched(value, 'processes', one).processes).toHaveLength(3);
    expect(withoutWatched(value, 'prometheus', 0)).toEqual({
      every: '1s',
      processes: value.resources.processes,
    });
    expect(withoutWatched({ resources: { every: '1s', processes: [one] } }, 'processes', 0)).toBeNull();
  });

  it('has a name of its own', () => {
    expect(freeName('node', [{ name: 'node' }, { name: 'node 2' }])).toBe('node 3');
    expect(freeName('node', [])).toBe('node');
  });

  it('of an endpoint is chosen by the selector, and longer entries stay as they are', () => {
    const endpoint = watchedIn(value, 'prometheus')[0] ?? {};
    expect(selectorsOf(endpoint)).toEqual(['up', 'depth']);
    expect(withSelector(endpoint, 'up', false)).toEqual([{ series: 'depth', sum: true }]);
    expect(withSelector(endpoint, 'depth', true)).toEqual(endpoint.series);
    expect(withSelector(endpoint, 'new', true)).toEqual(['up', { series: 'depth', sum: true }, 'new']);
    expect(withSelector({}, 'new', true)).toEqual(['new']);
  });
});
