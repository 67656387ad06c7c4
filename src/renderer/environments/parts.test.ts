import { expect, it } from 'vitest';
import { canBeNamed, nameIn, targetsIn, unverifiedIn, withTarget } from './parts.ts';

const short = { version: 1, name: ' staging ', url: 'wss://a/b', headers: { a: 'b' }, latency: 'mock' };
const long = {
  version: 1,
  name: 'staging',
  targets: { west: { url: 'wss://w/b', tls: { verify: false } }, east: { url: 'wss://e/b' } },
};

it('finds the targets of either form', () => {
  expect(targetsIn(short).map(({ name, path }) => ({ name, path }))).toEqual([{ name: 'default', path: [] }]);
  expect(targetsIn(long).map(({ name, path }) => ({ name, path }))).toEqual([
    { name: 'west', path: ['targets', 'west'] },
    { name: 'east', path: ['targets', 'east'] },
  ]);
  expect(targetsIn({ targets: 7 })).toEqual([]);
  expect(targetsIn('nonsense')).toHaveLength(1);
});

it('turns the short form into the long one when a target is added, and loses nothing', () => {
  const { value, name } = withTarget(short);
  expect(value).toEqual({
    version: 1,
    name: ' staging ',
    latency: 'mock',
    targets: { default: { url: 'wss://a/b', headers: { a: 'b' } }, [name]: { url: '' } },
  });
  expect(withTarget(value).name).not.toBe(name);
});

it('names no two targets alike', () => {
  expect(canBeNamed(long, 'west', 'far west')).toBe(true);
  expect(canBeNamed(long, 'west', 'west')).toBe(true);
  expect(canBeNamed(long, 'west', 'east')).toBe(false);
  expect(canBeNamed(long, 'west', '')).toBe(false);
});

it('tells the name, and which certificates are not verified', () => {
  expect(nameIn(short)).toBe('staging');
  expect(nameIn({ name: '' })).toBeNull();
  expect(unverifiedIn(long)).toEqual(['west']);
  expect(unverifiedIn({ url: 'x', tls: { verify: false } })).toEqual(['default']);
});
