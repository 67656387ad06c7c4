import { describe, expect, test } from 'vitest';
import { parseWithSentences } from './explain.ts';
import { ScenarioFile } from './file.ts';
import { nearest } from './nearest.ts';
import { formatPath } from './shape.ts';
import { voiceUsersOf } from './users.ts';

const valid = {
  version: 1,
  name: 'x',
  users: [{ kind: 'voice', conversations: [{ name: 'a', turns: [{ say: 'hi' }] }] }],
  load: { users: 1, duration: '3s' },
};

function said(value: unknown): string[] {
  const parsed = parseWithSentences(ScenarioFile, value);
  return 'value' in parsed ? [] : parsed.problems.map((p) => `${formatPath(p.path)}|${p.message}`);
}

test('a minimal scenario gets every default', () => {
  const parsed = parseWithSentences(ScenarioFile, valid);
  if (!('value' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.value.environment).toBe('practice');
  expect(voiceUsersOf(parsed.value)[0]?.timeouts.first_byte).toBe(5000);
  expect(parsed.value.audio).toMatchObject({
    sample_rate: 16_000,
    chunk: 20,
    max_chunks: null,
    speech_level: -45,
  });
});

describe('unknown keys', () => {
  test('of other tools name ours', () => {
    expect(said({ ...valid, load: { executor: 'constant-vus', vus: 2, duration: '3s' } })).toContain(
      'load|unknown key "vus"; write "users"',
    );
  });

  test('name the nearest allowed key', () => {
    expect(said({ ...valid, user: [] })).toEqual(['|unknown key "user"; did you mean "users"?']);
    const users = [{ ...valid.users[0], timeouts: { firstbyte: '1s' } }];
    expect(said({ ...valid, users })).toEqual([
      'users[0].timeouts|unknown key "firstbyte"; did you mean "first_byte"?',
    ]);
  });
  test('list what is allowed when nothing is near', () => {
    expect(said({ ...valid, load: { users: 1, duration: '3s', colour: 1 } })).toEqual([
      'load|unknown key "colour"; allowed here: users, spawn_rate, duration, graceful_stop',
    ]);
  });
});

describe('a slip of the pen', () => {
  test('users and durations no machine could carry are refused', () => {
    expect(said({ ...valid, load: { users: 100_000_000, duration: '99999999h' } })).toEqual([
      'load.users|must be at most 100000',
      'load.duration|must be at most 744h (31 days)',
    ]);
  });
});

describe('one form of several', () => {
  test('a wrong executor lists the executors', () => {
    expect(said({ ...valid, load: { executor: 'constant-vu', users: 1, duration: '3s' } })).toEqual([
      'load.executor|"constant-vu" is not an executor; it must be constant-vus, ramping-vus, constant-arrival-rate, ramping-arrival-rate, shared-iterations, per-vu-iterations or breaking-point, or left out for the short form (users, spawn_rate, duration)',
    ]);
  });
  test('keys of another executor are unknown to this one', () => {
    expect(
      said({ ...valid, load: { executor: 'constant-vus', users: 1, duration: '3s', spawn_rate: 2 } }),
    ).toEqual(['load|unknown key "spawn_rate"; allowed here: executor, users, duration, graceful_stop']);
  });
  test('a value of another type names the forms', () => {
    expect(said({ ...valid, environment: 5 })).toEqual([
      'environment|must be the name of an environment, or { url: wss://host/path }',
    ]);
  });
  test('an environment in place is explained by the form it has', () => {
    expect(said({ ...valid, environment: { urll: 'ws://x' } })).toEqual([
      'environment|unknown key "urll"; did you mean "url"?',
    ]);
    expect(said({ ...valid, environment: { targets: { a: { url: 'ftp://x' } } } })).toEqual([
      'environment.targets.a.url|"ftp://x" must start with ws://, wss://, http://, https://, grpc:// or grpcs://',
    ]);
  });
});

test('values are described as they were found', () => {
  expect(said({ ...valid, name: 12 })).toEqual(['name|must be text, not the number 12; put it in quotes']);
  expect(said({ ...valid, users: null })).toEqual(['users|must be a list, but nothing is written here']);
  expect(said({ ...valid, users: [{ ...valid.users[0], greeting: 'wiat' }] })).toEqual([
    'users[0].greeting|must be one of wait, ignore, not "wiat"; did you mean "wait"?',
  ]);
  expect(said({ ...valid, users: [{ ...valid.users[0], kind: 'grcp' }] })).toEqual([
    'users[0].kind|the kind of a users entry must be voice, http or grpc',
  ]);
});

test('a map where words or a map may stand is told by its keys', () => {
  const step = { post: '/a', stream: { format: 'ssee' } };
  expect(said({ ...valid, users: [{ kind: 'http', steps: [step] }] })).toEqual([
    'users[0].steps[0].stream.format|must be one of sse, ndjson, chunks, not "ssee"; did you mean "sse"?',
  ]);
});

test('a wrong unit says what units there are', () => {
  expect(said({ ...valid, load: { users: 1, duration: '3 sec' } })).toEqual([
    'load.duration|"3 sec" is not a duration; write a number with its unit, like 20ms, 5s, 10m or 1h',
  ]);
  expect(said({ ...valid, load: { users: 1, duration: 30 } })[0]).toContain('30 is not a duration');
});

test('a secret in an address is not repeated in the message', () => {
  const [message] = said({ ...valid, environment: { url: 'ftp://h/?code=hunter2' } });
  expect(message).toContain('must start with ws://, wss://, http://, https://, grpc:// or grpcs://');
  expect(message).not.toContain('hunter2');
});

test('what stands under a name of a secret, or where such names stand, is not repeated', () => {
  const steps = [
    {
      post: '/login',
      form: { password: 73117311 },
      headers: 'cookie: hunter2',
      query: { api_key: ['hunter2'] },
    },
    { get: 5, extract: 'http://me:hunter2@h.test/' },
    { name: 'a', get: 'https://me:hunter2@h.test/' },
    { name: 'a', get: 'https://h.test/' },
  ];
  const environment = { url: 'wss//://me:hunter2@h.test/' };
  const found = said({ ...valid, environment, users: [{ kind: 'http', steps }] });
  expect(found).toContain('users[0].steps[0].form.password|must be text, not a number; put it in quotes');
  expect(found).toContain('users[0].steps[0].headers|must be a map of keys and values, not this text');
  expect(found.join('\n')).not.toMatch(/hunter2|73117311/);
});

test('a long list of words, or a long text, does not make a long sentence', () => {
  const threshold = { metric: 'x'.repeat(500), stat: 'p95', target: '1s' };
  const [metric, duration] = said({
    ...valid,
    warm_up: '9'.repeat(500),
    thresholds: [threshold, { ...threshold, metric: 'nothing like it' }],
  }).toSorted((a, b) => b.length - a.length);
  expect(metric).toMatch(/\|must be one of ttfa, .*, underrun and \d+ more, not "x{60}…"$/);
  expect(duration?.length).toBeLessThan(260);
});

test('keys that are still to come say so', () => {
  const users = [{ ...valid.users[0], conversations: [{ name: 'a', turns: [{ say: 'hi', wait: '3s' }] }] }];
  expect(said({ ...valid, users })).toEqual([
    'users[0].conversations[0].turns[0].wait|"wait" is not supported yet; remove it for now',
  ]);
});

test('a turn takes timeouts from its users entry, not defaults of its own', () => {
  const users = [
    { ...valid.users[0], conversations: [{ name: 'a', turns: [{ say: 'hi', timeouts: { turn: '3s' } }] }] },
  ];
  const parsed = parseWithSentences(ScenarioFile, { ...valid, users });
  expect('value' in parsed && voiceUsersOf(parsed.value)[0]?.conversations[0]?.turns?.[0]?.timeouts).toEqual({
    turn: 3000,
  });
});

test('the nearest word is one that was probably meant', () => {
  expect(nearest('spawnRate', ['users', 'spawn_rate'])).toBe('spawn_rate');
  expect(nearest('bargein', ['barge_in', 'say'])).toBe('barge_in');
  expect(nearest('zzz', ['users', 'load'])).toBeNull();
});
