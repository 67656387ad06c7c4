import { describe, expect, it } from 'vitest';
import { namesAt } from './names.ts';
import { groupNamesIn, phasesIn, stepNamesIn } from './phases.ts';

const scenario = {
  users: [
    {
      kind: 'http',
      variables: { city: { choice: ['Lima', 'Quito'] }, limit: 5 },
      data: [
        { name: 'user', file: './users.json' },
        { name: 'row', rows: [{ a: 1 }] },
      ],
      on_start: [{ name: 'login', phase: 'auth', post: '/login', extract: { token: '$.token' } }],
      tasks: [
        {
          name: 'chat',
          steps: [
            { post: '/sessions', extract: { session: '$.id' } },
            {
              group: 'talk',
              phase: 'chat',
              steps: [{ post: '/a', extract: { answer: '$.text' } }, { post: '/b' }],
            },
          ],
        },
        { name: 'look', steps: [{ get: '/look', extract: { seen: '$.id' } }] },
      ],
      on_stop: [{ delete: '/sessions/1' }],
    },
  ],
  setup: [{ kind: 'http', steps: [{ post: '/register', name: 'register', phase: 'seed' }] }],
};

function taken(...path: (string | number)[]): string[] {
  const groups = namesAt(scenario, path, () => []);
  return groups.find(({ title }) => title === 'Taken earlier')?.names.map(({ name }) => name) ?? [];
}

describe('what can be put into a step', () => {
  it('are the variables of its users and the fields of their data', () => {
    const fields = (feed: unknown) =>
      JSON.stringify(feed).includes('users.json') ? ['email', 'password'] : [];
    const [variables, data, , always] = namesAt(scenario, ['users', 0, 'tasks', 1, 'steps', 0], fields);
    expect(variables?.names).toEqual([
      { name: 'city', about: 'one of 2' },
      { name: 'limit', about: '5' },
    ]);
    expect(data?.names.map(({ name }) => name)).toEqual(['user.email', 'user.password', 'row']);
    expect(always?.names.map(({ name }) => name)).toEqual(['vu', 'iteration', 'uuid']);
  });

  it('are the values that steps before it took, in the order in which they are made', () => {
    expect(taken('users', 0, 'on_start', 0)).toEqual([]);
    expect(taken('users', 0, 'tasks', 0, 'steps', 0)).toEqual(['token']);
    expect(taken('users', 0, 'tasks', 0, 'steps', 1, 'steps', 0)).toEqual(['token', 'session']);
    expect(taken('users', 0, 'tasks', 0, 'steps', 1, 'steps', 1)).toEqual(['token', 'session', 'answer']);
    expect(taken('users', 0, 'tasks', 1, 'steps', 0)).toEqual(['token']);
    expect(taken('users', 0, 'on_stop', 0)).toEqual(['token', 'session', 'answer', 'seen']);
  });
});

it('thresholds are narrowed to what users do, not to set-up', () => {
  expect(phasesIn(scenario)).toEqual(['auth', 'chat']);
  expect(groupNamesIn(scenario)).toEqual(['talk']);
  expect(stepNamesIn(scenario)).toEqual([
    'login',
    'POST /sessions',
    'POST /a',
    'POST /b',
    'GET /look',
    'DELETE /sessions/1',
  ]);
});
