import { expect, test } from 'vitest';
import { ScenarioFile } from '#contract/scenario/file';
import { loadsOf } from '#contract/scenario/load';
import { requestNote } from './requestRate.ts';

function note(load: object, ...users: object[]): string | null {
  const file = ScenarioFile.parse({ version: 1, name: 'x', users, load });
  const [first] = loadsOf(file);
  return first ? requestNote(file, first) : null;
}

const tasks = [
  { name: 'a', weight: 3, steps: [{ get: '/a' }] },
  { name: 'b', weight: 1, steps: [{ group: 'g', repeat: 4, probability: 0.5, steps: [{ get: '/b' }, { get: '/c' }] }] },
]; // prettier-ignore

test('arrivals say how many requests there will be', () => {
  const load = { executor: 'constant-arrival-rate', rate: 20, duration: '10s', max_users: 5 };
  expect(note(load, { kind: 'http', tasks })).toBe(
    'About 35 requests a second at the peak: 20 arrivals of 1.8 requests each.',
  );
});

test('users say how many there can be at most', () => {
  const load = { users: 100, duration: '10s' };
  const steps = [{ get: '/a', pause_after: '1s' }, { get: '/b' }];
  expect(note(load, { kind: 'http', steps, wait: { from: '2s', to: '4s' } })).toBe(
    'At most 50 requests a second from 100 users at once; the longer answers take, the fewer.',
  );
  expect(note(load, { kind: 'http', steps: [{ get: '/a' }] })).toBe(
    '100 users at once make requests as fast as they are answered: they have no wait.',
  );
});

test('a load of callers makes none', () => {
  const conversations = [{ name: 'a', turns: [{ say: 'hi' }] }];
  expect(note({ users: 1, duration: '10s' }, { kind: 'voice', conversations })).toBeNull();
});
