import { expect, it } from 'vitest';
import { inWords, loadWords } from './loadWords.ts';

const scenario = { users: [{ kind: 'voice' }, { kind: 'http' }] };

it('speaks of calls only where everybody calls', () => {
  expect(loadWords({ users: [{}] }, null).many).toBe('calls');
  expect(loadWords(scenario, null).many).toBe('iterations');
  expect(loadWords(scenario, 0).many).toBe('calls');
  expect(loadWords(scenario, 1)).toMatchObject({ many: 'iterations', requests: true, calls: false });
});

it('puts sentences into those words', () => {
  const words = loadWords(scenario, 1);
  expect(inWords('Calls begin at one rate; every call counts', words)).toBe(
    'Iterations begin at one rate; every iteration counts',
  );
  expect(inWords('Callers call', loadWords(scenario, 0))).toBe('Callers call');
});
