import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { valueAt } from '#contract/scenario/shape';
import { checkScenario } from '../check.ts';
import { formatProblem } from '../problems.ts';
import { parseScenarioText, valueOf } from '../source.ts';
import { environmentVariableNames, environmentVariableSteps } from './environmentVariables.ts';
import { flagSteps, type Flags } from './flags.ts';
import { applyOverrides } from './override.ts';
import { parsePath } from './place.ts';

const yaml = `version: 1
name: x
users:
  - kind: voice
    name: one
    conversations:
      - { name: a, turns: [{ say: hi }, { say: ho }] }
  - kind: voice
    name: two
    conversations:
      - { name: a, turns: [{ say: hi }] }
load: { users: 2, spawn_rate: 1, duration: 10s, graceful_stop: 5s }
`;

interface Outcome {
  applied: string[];
  value: unknown;
  /** Problems of the scenario, or the error of an override. */
  problems: string[];
}

async function over(variables: Record<string, string>, flags: Flags = {}, text = yaml): Promise<Outcome> {
  const parsed = parseScenarioText('s.yaml', text);
  if (!('source' in parsed)) throw new Error(JSON.stringify(parsed));
  const { source } = parsed;
  const current = (): unknown => {
    const read = valueOf(source);
    return 'value' in read ? read.value : undefined;
  };
  const applied = await applyOverrides(
    source,
    [...environmentVariableSteps(variables), ...flagSteps(flags)],
    current,
  );
  if (!applied.ok) return { applied: [], value: null, problems: [applied.error.message] };
  const checked = checkScenario(source, { applied: applied.value });
  return {
    applied: applied.value.map((each) => each.text),
    value: current(),
    problems: 'problems' in checked ? checked.problems.map(formatProblem) : [],
  };
}

describe('variables of the original tool', () => {
  const pcm = resolve('some/dir');
  const places: [string, string, (string | number)[], unknown, string][] = [
    ['WS_URL', 'ws://h:8010/x', ['environment'], { url: 'ws://h:8010/x' }, 'environment.url = ws://h:8010/x'],
    ['PCM_DIR', 'some/dir', ['users', 1, 'conversations'], [{ name: 'dir', clips: pcm }], `users[*].conversations = [{"name":"dir","clips":${JSON.stringify(pcm)}}]`],
    ['TURNS_PER_USER', '3', ['users', 0, 'turns_per_call'], 3, 'users[*].turns_per_call = 3'],
    ['CHUNKS_PER_TURN', '100', ['audio', 'max_chunks'], 100, 'audio.max_chunks = 100'],
    ['CHUNK_MS', '40', ['audio', 'chunk'], '40ms', 'audio.chunk = 40ms'],
    ['FIRST_BYTE_TIMEOUT_SEC', '5.0', ['users', 1, 'timeouts', 'first_byte'], '5.0s', 'users[*].timeouts.first_byte = 5.0s'],
    ['TURN_TIMEOUT_SEC', '12', ['users', 0, 'timeouts', 'turn'], '12s', 'users[*].timeouts.turn = 12s'],
    ['PAUSE_BETWEEN_TURNS_SEC', '0.5', ['users', 0, 'pause_between_turns'], '0.5s', 'users[*].pause_between_turns = 0.5s'],
    ['BARGE_QUIET_MS', '400', ['users', 1, 'timeouts', 'quiet_gap'], '400ms', 'users[*].timeouts.quiet_gap = 400ms'],
    ['RESPONSE_TOKENS', 'recognizer, greeting,', ['users', 0, 'markers', 'response'], ['recognizer', 'greeting'], 'users[*].markers.response = ["recognizer","greeting"]'],
    ['END_TOKENS', 'final', ['users', 0, 'markers', 'end'], ['final'], 'users[*].markers.end = ["final"]'],
    ['WS_IGNORE_CLOSE_EXCEPTIONS', 'true', ['users', 0, 'benign_close_codes'], [1000, 1001, 1006], 'users[*].benign_close_codes = [1000,1001,1006]'],
    ['SAMPLE_RATE', '24000', ['audio', 'sample_rate'], 24_000, 'audio.sample_rate = 24000'],
    ['BYTES_PER_SAMPLE', '2', ['audio', 'sample_width'], 2, 'audio.sample_width = 2'],
    ['CHANNELS', '1', ['audio', 'channels'], 1, 'audio.channels = 1'],
  ]; // prettier-ignore

  test('every one is covered here', async () => {
    expect(places.map(([name]) => name).sort()).toEqual([...environmentVariableNames].sort());
  });

  test.each(places)('%s=%s', async (name, text, path, value, place) => {
    const outcome = await over({ [name]: text });
    expect(outcome.problems).toEqual([]);
    expect(valueAt(outcome.value, path)).toEqual(value);
    expect(outcome.applied).toEqual([`${name} → ${place}`]);
  });

  test.each([
    ['TURNS_PER_USER', 'three'],
    ['TURNS_PER_USER', '0'],
    ['CHUNKS_PER_TURN', '1.5'],
    ['CHUNK_MS', '20ms'],
    ['FIRST_BYTE_TIMEOUT_SEC', '-1'],
    ['TURN_TIMEOUT_SEC', '1e3'],
    ['PAUSE_BETWEEN_TURNS_SEC', 'x'],
    ['BARGE_QUIET_MS', 'x'],
    ['RESPONSE_TOKENS', ','],
    ['END_TOKENS', ', ,'],
    ['WS_IGNORE_CLOSE_EXCEPTIONS', 'maybe'],
    ['SAMPLE_RATE', '8000'],
    ['BYTES_PER_SAMPLE', '4'],
    ['CHANNELS', '2'],
  ])('%s=%s is refused by name', async (name, text) => {
    expect((await over({ [name]: text })).problems[0]).toMatch(
      new RegExp(`^The environment variable ${name} is ${JSON.stringify(text)}; it must .*--ignore-env\\.$`),
    );
  });

  test('what the scenario refuses is told by the variable, not by a line', async () => {
    expect((await over({ WS_URL: 'ftp://h' })).problems).toEqual([
      'WS_URL: environment.url: "ftp://h" must start with ws://, wss://, http://, https://, grpc:// or grpcs://',
    ]);
    expect((await over({ CHUNK_MS: '25' })).problems[0]).toMatch(
      /^CHUNK_MS: audio\.chunk: must be a multiple of 10ms/,
    );
    expect((await over({ FIRST_BYTE_TIMEOUT_SEC: '0' })).problems[0]).toMatch(
      /^FIRST_BYTE_TIMEOUT_SEC: .*must be longer than 0/,
    );
  });

  test('an empty value counts as unset', async () => {
    const empty = Object.fromEntries(environmentVariableNames.map((name) => [name, '  ']));
    expect(await over(empty)).toMatchObject({ applied: [], problems: [] });
  });

  test('closes are failures when the tool was told not to ignore them', async () => {
    expect(
      valueAt((await over({ WS_IGNORE_CLOSE_EXCEPTIONS: 'FALSE' })).value, [
        'users',
        1,
        'benign_close_codes',
      ]),
    ).toEqual([]);
  });
});

describe('precedence', () => {
  test('a flag over --set over a variable over the file; only what counts is listed', async () => {
    const outcome = await over(
      { WS_URL: 'ws://variable', TURNS_PER_USER: '1', CHUNK_MS: '40' },
      {
        set: ['users[0].turns_per_call=2', 'audio.chunk=60ms', 'load.users=5'],
        users: 7,
        urls: { default: 'ws://flag' },
      },
    );
    expect(outcome.problems).toEqual([]);
    expect(valueAt(outcome.value, ['environment', 'url'])).toBe('ws://flag');
    expect(valueAt(outcome.value, ['users', 0, 'turns_per_call'])).toBe(2);
    expect(valueAt(outcome.value, ['users', 1, 'turns_per_call'])).toBe(1);
    expect(valueAt(outcome.value, ['audio', 'chunk'])).toBe('60ms');
    expect(valueAt(outcome.value, ['load', 'users'])).toBe(7);
    expect(outcome.applied).toEqual([
      'TURNS_PER_USER → users[*].turns_per_call = 1',
      '--set → users[0].turns_per_call = 2',
      '--set → audio.chunk = 60ms',
      '--url → environment.url = ws://flag',
      '--users → load.users = 7',
    ]);
  });

  test('--env brings a scenario back from where a variable aimed it', async () => {
    const outcome = await over({ WS_URL: 'ws://variable' }, { env: 'practice' });
    expect(valueAt(outcome.value, ['environment'])).toBe('practice');
    expect(outcome.applied).toEqual(['--env → environment = practice']);
  });
});

describe('--set', () => {
  test.each([
    ['users[1].timeouts.first_byte=2s', ['users', 1, 'timeouts', 'first_byte'], '2s'],
    ['seed=9', ['seed'], 9],
    ['name="a=b"', ['name'], 'a=b'],
    ['environment={ url: "ws://h", headers: { x-a: "1" } }', ['environment', 'headers', 'x-a'], '1'],
    ['thresholds[0]={ metric: ttfa, stat: p95, target: 2s }', ['thresholds', 0, 'metric'], 'ttfa'],
    ['users[0].benign_close_codes=[1000, 1006]', ['users', 0, 'benign_close_codes'], [1000, 1006]],
  ])('%s', async (set, path, value) => {
    const outcome = await over({}, { set: [set] });
    expect(outcome.problems).toEqual([]);
    expect(valueAt(outcome.value, path)).toEqual(value);
  });

  test.each([
    ['users[2].name=x', '--set users[2].name: users has 2 entries, so there is no users[2].'],
    ['users[3].name=x', '--set users[3].name: users has 2 entries, so there is no users[3].'],
    ['users.name=x', '--set users.name: users is a list; name one of its entries, like users[0].'],
    ['name.first=x', '--set name.first: name is "x", so there is nothing called name.first.'],
    ['load[0]=x', '--set load[0]: load is a map, not a list: it has no entry [0].'],
    ['users[0].turnspercall=2', 'unknown key "turnspercall"; did you mean "turns_per_call"?'],
    [
      'users[0].turns_per_call=two',
      '--set users[0].turns_per_call: users[0].turns_per_call: must be a number, not "two"',
    ],
    ['users', '--set users: write it as PATH=VALUE'],
    ['=3', 'write it as PATH=VALUE'],
    ['users[=3', 'is not a path'],
    ['name={', 'is not YAML'],
  ])('%s is refused', async (set, message) => {
    const outcome = await over({}, { set: [set] });
    expect(outcome.problems[0]).toContain(message);
  });

  test('shows nothing of what is secret where it is put', async () => {
    const set = [
      'environment={ url: "wss://h/?sig=hunter1", auth: { type: header, name: x-any, value: hunter2 }, tls: { passphrase: hunter3 } }',
      'environment.auth.value=hunter4',
      'environment.headers={ x-key: hunter5, x-plain: shown }',
      'environment.variables.TOKEN=hunter6',
    ];
    const { applied, problems } = await over({}, { set });
    expect(problems).toEqual([]);
    expect(applied.join('\n')).not.toContain('hunter');
    expect(applied.join('\n')).toContain('"x-plain":"shown"');
  });

  test('a value behind an alias is set in its own place only', async () => {
    const text = yaml.replace(
      '{ say: hi }, { say: ho }',
      '{ say: hi, voice: &v { provider: offline } }, { say: ho, voice: *v }',
    );
    const outcome = await over({}, { set: ['users[0].conversations[0].turns[1].voice.name=rms'] }, text);
    expect(outcome.problems).toEqual([]);
    const turns = ['users', 0, 'conversations', 0, 'turns'];
    expect(valueAt(outcome.value, [...turns, 1, 'voice'])).toEqual({ provider: 'offline', name: 'rms' });
    expect(valueAt(outcome.value, [...turns, 0, 'voice'])).toEqual({ provider: 'offline' });
  });

  test('paths are read as they are written', async () => {
    expect(parsePath('environment.headers["x-key"].y[2]')).toEqual([
      'environment',
      'headers',
      'x-key',
      'y',
      2,
    ]);
    for (const wrong of ['', 'a..b', 'a.', '[x]', 'a b', 'a[1']) expect(parsePath(wrong)).toBeNull();
  });
});

describe('--url', () => {
  const two = `${yaml}environment: { targets: { default: { url: "ws://a" }, api: { url: "ws://b", headers: { x: y } } } }\n`;

  test('aims a named target and keeps the rest of it', async () => {
    const outcome = await over({}, { urls: { api: 'ws://c' } }, two);
    expect(valueAt(outcome.value, ['environment', 'targets', 'api'])).toEqual({
      url: 'ws://c',
      headers: { x: 'y' },
    });
    expect(outcome.applied).toEqual(['--url api → environment.targets.api.url = ws://c']);
  });

  test('replaces an environment that is a name, so that no practice agent is started', async () => {
    const outcome = await over({}, { urls: { default: 'ws://c' } }, `${yaml}environment: practice\n`);
    expect(valueAt(outcome.value, ['environment'])).toEqual({ url: 'ws://c' });
  });

  test('a target that is not there lists those that are', async () => {
    expect((await over({}, { urls: { apo: 'ws://c' } }, two)).problems[0]).toBe(
      '--url apo: the environment has no target "apo"; it has "default", "api"; did you mean "api"?',
    );
    const named = yaml + 'environment: { targets: { a: { url: "ws://a" }, b: { url: "ws://b" } } }\n';
    expect((await over({ WS_URL: 'ws://c' }, {}, named)).problems[0]).toContain(
      'WS_URL: the environment has no target "default"',
    );
  });
});

describe('--users, --spawn-rate, --duration', () => {
  const load = async (written: string, flags: Flags): Promise<unknown> =>
    valueAt((await over({}, flags, yaml.replace(/load: .*/, `load: ${written}`))).value, ['load']);

  test('change only what is given of a short form or constant-vus', async () => {
    const short = '{ users: 2, spawn_rate: 1, duration: 10s, graceful_stop: 5s }';
    expect(await load(short, { durationMs: 90_000 })).toEqual({
      users: 2,
      spawn_rate: 1,
      duration: '1m30s',
      graceful_stop: '5s',
    });
    expect(await load('{ executor: constant-vus, users: 2, duration: 10s }', { users: 9 })).toEqual({
      executor: 'constant-vus',
      users: 9,
      duration: '10s',
    });
  });

  test('make a simple load of the peak and the whole length of a ramp', async () => {
    const ramp =
      '{ executor: ramping-vus, stages: [{ target: 30, duration: 10s }, { target: 0, duration: 50s }], graceful_stop: 1s }';
    expect(await load(ramp, { spawnRate: 3 })).toEqual({
      users: 30,
      duration: '1m',
      graceful_stop: '1s',
      spawn_rate: 3,
    });
    expect(await load(ramp, { users: 4, durationMs: 5000 })).toEqual({
      users: 4,
      duration: '5s',
      graceful_stop: '1s',
    });
  });

  test('constant-vus with a spawn rate becomes the short form', async () => {
    const made = await load('{ executor: constant-vus, users: 2, duration: 10s }', { spawnRate: 2 });
    expect(made).toEqual({ users: 2, duration: '10s', graceful_stop: '30s', spawn_rate: 2 });
  });

  test.each([
    ['{ executor: constant-arrival-rate, rate: 5, duration: 1m, max_users: 40 }', { users: 9, durationMs: 5000 },
      { executor: 'constant-arrival-rate', rate: 5, duration: '5s', max_users: 9 }],
    ['{ executor: ramping-arrival-rate, stages: [{ target: 5, duration: 1m }], max_users: 40 }', { users: 9 },
      { executor: 'ramping-arrival-rate', stages: [{ target: 5, duration: '1m' }], max_users: 9 }],
    ['{ executor: ramping-arrival-rate, stages: [{ target: 5, duration: 1m }], max_users: 40 }', { durationMs: 5000 },
      { users: 40, duration: '5s', graceful_stop: '30s' }],
    ['{ executor: shared-iterations, users: 4, iterations: 100 }', { users: 2, durationMs: 60_000 },
      { executor: 'shared-iterations', users: 2, iterations: 100, max_duration: '1m' }],
    ['{ executor: per-vu-iterations, users: 4, iterations: 3 }', { spawnRate: 2 },
      { users: 4, spawn_rate: 2, duration: '10m', graceful_stop: '30s' }],
    ['{ executor: breaking-point, steps: [10, 20], hold: 30s }', { users: 15, durationMs: 60_000 },
      { users: 15, duration: '1m', graceful_stop: '30s' }],
  ] satisfies [string, Flags, unknown][])('over %s', async (written, flags, expected) => {
    const thresholds = 'thresholds: [{ metric: ttfa, stat: p95, target: 2s }]\n';
    const outcome = await over({}, flags, yaml.replace(/load: .*\n/, `load: ${written}\n${thresholds}`));
    expect(outcome.problems).toEqual([]);
    expect(valueAt(outcome.value, ['load'])).toEqual(expected);
  }); // prettier-ignore

  test('say what they took the place of', async () => {
    const ramp = yaml.replace(
      /load: .*\n/,
      'load: { executor: ramping-vus, stages: [{ target: 9, duration: 1m }] }\n',
    );
    const { applied } = await over({}, { users: 7, durationMs: 5000 }, ramp);
    expect(applied).toEqual([
      '--users → load.users = 7 (a simple load in place of ramping-vus)',
      '--duration → load.duration = 5s',
    ]);
  });

  test('switch off the thresholds that only a search could keep, where there is none any more', async () => {
    const search = yaml.replace(
      /load: .*\n/,
      `load: { executor: breaking-point, steps: [10, 20], hold: 30s }
thresholds:
  - { metric: ttfa, stat: p95, target: 2s }
  - { metric: calls_held, stat: count, target: 15 } # kept
`,
    );
    const enabled = ({ value }: Outcome) => valueAt(value, ['thresholds', 1, 'enabled']);
    const note = 'no search for the breaking point → thresholds[1].enabled = false';
    expect(enabled(await over({}, {}, search))).toBeUndefined();
    for (const flags of [{ users: 15 }, { set: ['load={ users: 2, duration: 9s }'] }]) {
      const outcome = await over({}, flags, search);
      expect(outcome.problems).toEqual([]);
      expect(enabled(outcome)).toBe(false);
      expect(outcome.applied.at(-1)).toBe(note);
    }
    const off = search.replace('target: 15 }', 'target: 15, enabled: false }');
    expect((await over({}, { users: 15 }, off)).applied).not.toContain(note);
  });

  test('do not choose between loads that users entries have of their own', async () => {
    const own = yaml
      .replace(/load: .*\n/, '')
      .replaceAll(/(name: (one|two))/g, '$1\n    load: { users: 1, duration: 9s }');
    for (const [flags, flag] of [
      [{ users: 5 }, '--users'],
      [{ durationMs: 5 }, '--duration'],
    ] as const)
      expect((await over({}, flags, own)).problems).toEqual([
        `${flag} is for a scenario with one load for all; here users entries have their own: set one of them, like --set users[0].load.users=5.`,
      ]);
    const set = await over({}, { set: ['users[1].load.users=5'] }, own);
    expect(valueAt(set.value, ['users', 1, 'load'])).toEqual({ users: 5, duration: '9s' });
  });

  test('complete flags replace a load that is not right', async () => {
    expect(
      (await over({}, { users: 1, durationMs: 1000 }, yaml.replace(/load: .*/, 'load: nothing'))).problems,
    ).toEqual([]);
    expect((await over({}, { users: 1 }, yaml.replace(/load: .*/, 'load: nothing'))).problems[0]).toContain(
      '--users',
    );
  });

  test('a wrong flag is named', async () => {
    expect((await over({}, { users: 0 })).problems).toEqual(['--users: load.users: must be at least 1']);
    expect((await over({}, { spawnRate: -1 })).problems[0]).toBe(
      '--spawn-rate: load.spawn_rate: must be above 0',
    );
    expect((await over({}, { seed: 1.5 })).problems[0]).toBe('--seed: seed: must be a whole number');
  });
});
