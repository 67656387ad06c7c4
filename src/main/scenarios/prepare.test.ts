import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '#contract/errors';
import type { RunPlan } from '#engine/plan';
import { voiceUsersIn } from '../../../test/fixtures/shortCalls.ts';
import { bytesOf, tone, wavOf } from '../audio/testing/clips.ts';
import { voicesThat } from '../audio/testing/voices.ts';
import type { ProcessHost } from '../processes/host.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { practiceScenario } from './library.ts';
import { prepareRun, type PreparedRun, type RunOverrides } from './prepare.ts';
import { validateScenario } from './validate.ts';

const noProcesses: ProcessHost = {
  spawn: () => {
    throw new Error('nothing may be started');
  },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-prepare-'));
  await writeFile(join(folder, 'hi.pcm'), bytesOf(tone(200, { silenceMs: 40 })));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tail = 'load: { users: 2, duration: 10s }\n';
function withTurns(turns: string, more = tail): string {
  return `version: 1\nname: Test\nusers:\n  - kind: voice\n    conversations:\n      - name: a\n        turns:\n${turns}\n${more}`;
}
const oneClip = withTurns('          - clip: hi.pcm');

async function prepare(yaml: string, overrides: Partial<RunOverrides> = {}) {
  const path = join(folder, 's.yaml');
  await writeFile(path, yaml);
  return prepareRun(path, {
    environmentVariables: {},
    workspaceCache: join(folder, 'workspace'),
    processes: noProcesses,
    ...overrides,
  });
}
async function prepared(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<PreparedRun> {
  const made = await prepare(yaml, overrides);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}
async function planned(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<RunPlan> {
  const run = await prepared(yaml, overrides);
  const plan = await run.buildPlan({ runId: 'r', practiceUrl: 'ws://127.0.0.1:1/' });
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}
async function refusal(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<string> {
  const made = await prepare(yaml, overrides);
  if (made.ok) throw new Error('accepted');
  expect(made.error.kind).toBe('invalid_input');
  return made.error.message.replaceAll(folder, '.');
}

describe('the practice run', () => {
  test('needs no configuration, no process and no network', async () => {
    const made = await prepareRun(practiceScenario(), {
      environmentVariables: {},
      workspaceCache: join(folder, 'workspace'),
      processes: noProcesses,
    });
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value).toMatchObject({
      needsPractice: true,
      environment: 'practice',
      applied: [],
      plannedMs: 30_000,
    });
    const plan = await made.value.buildPlan({ runId: 'r', practiceUrl: 'ws://127.0.0.1:9/x' });
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.clips).toHaveLength(8);
    expect(plan.value.users[0]?.target.url).toBe('ws://127.0.0.1:9/x');
    expect(voiceUsersIn(plan.value)[0]?.conversations.map((c) => c.turns.length)).toEqual([5, 3]);
    expect(plan.value.thresholds.map((t) => [t.metric, t.target, t.acceptable, t.condition])).toEqual([
      ['ttfa', 2000, 3000, 'below'],
      ['barge_in', 500, 1000, 'below'],
      ['connection_success', 0.98, 0.95, 'above'],
      ['turn_success', 0.95, 0.9, 'above'],
    ]);
  });

  test('is not planned before its agent runs', async () => {
    const plan = await (await prepared(oneClip)).buildPlan({ runId: 'r', practiceUrl: null });
    expect(!plan.ok && plan.error.code).toBe('practice_not_running');
  });
});

describe('the plan', () => {
  test('a turn has its own pause and timeouts, or those of its users entry', async () => {
    await writeFile(join(folder, 'stop.wav'), wavOf(bytesOf(tone(100))));
    const turns = `          - clip: hi.pcm
            timeouts: { first_byte: 2s }
          - clip: hi.pcm
            pause_before: 0s
            barge_in: { after: 250ms, probability: 0.25, clip: stop.wav }
          - { name: bye, clip: hi.pcm }`;
    const plan = await planned(
      withTurns(turns, `    pause_between_turns: 700ms\n    timeouts: { turn: 9s }\n${tail}`),
    );
    const made = voiceUsersIn(plan)[0]?.conversations[0]?.turns ?? [];
    expect(made.map((turn) => turn.pauseBeforeMs)).toEqual([0, 0, 700]);
    expect(made[0]?.timeouts).toMatchObject({ first_byte: 2000, turn: 9000 });
    expect(made[1]?.timeouts).toMatchObject({ first_byte: 5000, turn: 9000 });
    expect(made[2]?.name).toBe('bye');
    expect(plan.clips.map((clip) => clip.name)).toEqual(['hi.pcm', 'stop.wav']);
    expect(made[1]?.bargeIn).toEqual({ afterMs: 250, probability: 0.25, clip: 1 });
    expect(made[0]?.bargeIn).toBeNull();
  });

  test('turns_per_call for one run may cut an interruption off; in the file it is a mistake', async () => {
    const turns = '          - { clip: hi.pcm, barge_in: { after: 1s } }\n          - { clip: hi.pcm }';
    expect(await refusal(withTurns(turns, `    turns_per_call: 1\n${tail}`))).toContain(
      'is the last one of a call',
    );
    const plan = await planned(withTurns(turns), { set: ['users[0].turns_per_call=1'] });
    expect(plan.users[0]).toMatchObject({ turnsPerCall: 1 });
    await planned(withTurns(turns), { environmentVariables: { TURNS_PER_USER: '3' } });
  });

  test('a call longer than its conversation cycles through it, with a pause before every turn but the first', async () => {
    const turns = '          - { name: one, clip: hi.pcm }\n          - { name: two, clip: hi.pcm }';
    const plan = await planned(withTurns(turns, `    turns_per_call: 5\n${tail}`));
    const made = voiceUsersIn(plan)[0]?.conversations[0]?.turns ?? [];
    expect(made.map((turn) => turn.name)).toEqual(['one', 'two', 'one', 'two', 'one']);
    expect(made.map((turn) => turn.pauseBeforeMs)).toEqual([0, 500, 500, 500, 500]);
    expect(voiceUsersIn(plan)[0]?.turnsPerCall).toBe(5);
    expect(plan.clips).toHaveLength(1);
  });

  test('a folder of clips is a conversation, by name', async () => {
    await mkdir(join(folder, 'clips'));
    for (const name of ['t_10.wav', 't_2.pcm', 'T_1.PCM']) {
      const bytes = bytesOf(tone(60));
      await writeFile(join(folder, 'clips', name), name.endsWith('wav') ? wavOf(bytes) : bytes);
    }
    await writeFile(join(folder, 'clips', 'notes.txt'), 'not audio');
    const yaml = oneClip.replace(/turns:[\s\S]*?hi\.pcm/, 'clips: clips');
    const plan = await planned(yaml);
    expect(voiceUsersIn(plan)[0]?.conversations[0]?.turns.map((turn) => turn.name)).toEqual([
      'T_1.PCM',
      't_2.pcm',
      't_10.wav',
    ]);
  });

  test('a seed is drawn and kept when there is none', async () => {
    const run = await prepared(oneClip);
    const plan = await run.buildPlan({ runId: 'r', practiceUrl: 'ws://h/' });
    expect(plan.ok && plan.value.seed).toBe(run.seed);
    expect((await prepared(`${oneClip}seed: 7\n`)).seed).toBe(7);
    expect((await prepared(`${oneClip}seed: 7\n`, { seed: 8 })).seed).toBe(8);
  });

  test('words without a clip are spoken once and kept in the workspace', { timeout: 60_000 }, async () => {
    const yaml = withTurns(
      '          - say: A sentence that nobody has recorded yet\n          - say: And another one',
    );
    const said: string[] = [];
    const first = await planned(yaml, { processes: nodeProcessHost, onProgress: (text) => said.push(text) });
    expect(said.sort()).toEqual([
      'Speaking "A sentence that nobody has recorded yet"',
      'Speaking "And another one"',
    ]);
    const again = await planned(yaml);
    expect(again.clips.map((clip) => clip.voiced)).toEqual(first.clips.map((clip) => clip.voiced));
  });

  test('when the clip cannot be kept the run goes on and says so', { timeout: 60_000 }, async () => {
    const said: string[] = [];
    const workspaceCache = join(folder, 'hi.pcm', 'cache');
    const yaml = withTurns('          - say: One more that nobody has recorded');
    const plan = await planned(yaml, {
      processes: nodeProcessHost,
      workspaceCache,
      onProgress: (text) => said.push(text),
    });
    expect(plan.clips).toHaveLength(1);
    expect(said.at(-1)).toContain('could not be kept');
  });
});

describe('missing words', () => {
  const turns = (count: number) =>
    withTurns(Array.from({ length: count }, (_, i) => `          - say: Sentence ${i + 1}`).join('\n'));

  test('four are spoken at a time; the plan has them in order, the cache under the names of their places', async () => {
    let speaking = 0;
    let most = 0;
    const spoken: string[] = [];
    const voices = voicesThat(async ({ text }) => {
      most = Math.max(most, ++speaking);
      // Files are looked for before each: nobody ends before as many speak as may.
      while (most < 4) await setImmediate();
      // The earlier ones take longer.
      for (let i = spoken.length; i < 12; i++) await setImmediate();
      speaking--;
      spoken.push(text);
      return ok(tone(300));
    });
    const yaml = turns(9).replace('\nload', '\n          - say: " Sentence  1"\nload');
    const plan = await planned(yaml, { voices });
    expect(most).toBe(4);
    expect([...spoken].sort()).toEqual([...new Set(spoken)].sort());
    expect(plan.clips.map((clip) => clip.name)).toEqual(
      Array.from({ length: 9 }, (_, i) => `Sentence ${i + 1}`),
    );
    expect(voiceUsersIn(plan)[0]?.conversations[0]?.turns.map((turn) => turn.clip)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 0,
    ]);
    const kept = (await readdir(join(folder, 'workspace'))).filter((name) => name.endsWith('.pcm'));
    expect(kept.map((name) => name.replace(/_[0-9a-f]{6}\.pcm$/, '')).sort()).toEqual(
      Array.from({ length: 9 }, (_, i) => `a_turn_${i + 1}_of_10`),
    );
  });

  test('an interruption keeps its clip under its words', async () => {
    const voices = voicesThat(() => Promise.resolve(ok(tone(300))));
    const interrupted =
      '          - { say: One, barge_in: { after: 1s, say: Wait a moment } }\n          - say: Two';
    await planned(withTurns(interrupted), { voices });
    const kept = (await readdir(join(folder, 'workspace'))).filter((name) => name.endsWith('.pcm'));
    expect(kept.sort().map((name) => name.replace(/_[0-9a-f]+\.pcm$/, ''))).toEqual([
      'a_turn_1_of_2',
      'a_turn_2_of_2',
      'wait_a_moment',
    ]);
  });

  test('speaking can be given up', async () => {
    const stop = new AbortController();
    const spoken: string[] = [];
    const voices = voicesThat(({ text }) => {
      spoken.push(text);
      stop.abort();
      return Promise.resolve(ok(tone(300)));
    });
    const made = await prepare(turns(9), { voices, signal: stop.signal });
    expect(!made.ok && made.error).toMatchObject({ kind: 'refused', code: 'cancelled' });
    expect(spoken.length).toBeLessThanOrEqual(4);
  });

  test('voices that were lent are not closed', async () => {
    let closed = 0;
    const voices = {
      ...voicesThat(() => Promise.resolve(ok(tone(300)))),
      close: async () => {
        closed++;
      },
    };
    await planned(turns(1), { voices });
    expect(closed).toBe(0);
  });
});

describe('bad clips are named with their line', () => {
  test.each([
    ['empty.pcm', new Uint8Array(0), 'is empty'],
    ['odd.pcm', new Uint8Array(641).fill(7), 'has an odd number of bytes (641)'],
    ['silent.pcm', new Uint8Array(640), 'is silent'],
    [
      'phone.wav',
      wavOf(bytesOf(tone(100)), { sampleRate: 8000 }),
      'is 8000 Hz, 16-bit, mono PCM; a clip must be 16000 Hz',
    ],
    ['stereo.wav', wavOf(bytesOf(tone(100)), { channels: 2 }), 'is 16000 Hz, 16-bit, stereo PCM'],
  ])('%s', async (name, bytes, why) => {
    await writeFile(join(folder, name), bytes);
    const yaml = withTurns(`          - clip: hi.pcm\n          - clip: ${name}`);
    const message = await refusal(yaml);
    expect(message).toMatch(/^\.[/\\]s\.yaml:9:19: users\[0\]\.conversations\[0\]\.turns\[1\]\.clip: /);
    expect(message).toContain(`${name} ${why}`);
    const checked = await validateScenario(join(folder, 's.yaml'));
    expect(checked.ok && checked.value.problems[0]).toMatchObject({ line: 9, column: 19 });
  });

  test('a missing one, an empty folder and a missing folder', async () => {
    expect(await refusal(withTurns('          - clip: no.pcm'))).toMatch(
      /s\.yaml:8:19: .*clip: there is no file .*no\.pcm$/,
    );
    const clips = (name: string) => oneClip.replace(/turns:[\s\S]*?hi\.pcm/, `clips: ${name}`);
    await mkdir(join(folder, 'none'));
    expect(await refusal(clips('none'))).toContain('has no .pcm or .wav files');
    expect(await refusal(clips('nowhere'))).toMatch(/:7:16: .*there is no folder/);
  });

  test('what a voice cannot say, and a voice that is not set up, is said at the turn', async () => {
    const yaml = withTurns('          - { say: Hello, voice: { provider: azure } }');
    const voices = voicesThat(() => fail('unavailable', 'not_configured', 'Azure Speech has no key.'));
    const made = await prepare(yaml, { voices });
    expect(!made.ok && made.error).toMatchObject({ kind: 'invalid_input' });
    expect(!made.ok && made.error.message).toMatch(
      /s\.yaml:8:20: users\[0\]\.conversations\[0\]\.turns\[0\]\.say: Azure Speech has no key\.$/,
    );
  });

  test('a voice that cannot be reached is no mistake in the scenario', async () => {
    const voices = voicesThat(() => fail('unavailable', 'no_network', 'Azure Speech cannot be reached.'));
    const made = await prepare(withTurns('          - say: Hello'), { voices });
    expect(!made.ok && made.error).toMatchObject({ kind: 'unavailable', code: 'no_network' });
  });

  test('all problems are listed, the first one leads', async () => {
    const made = await prepare(withTurns('          - clip: a.pcm\n          - clip: b.pcm'));
    if (made.ok) throw new Error('accepted');
    expect(made.error.message).toContain('a.pcm (and 1 more)');
    expect(made.error.detail?.split('\n')).toHaveLength(2);
  });
});

describe('addresses and secrets', () => {
  const inline = (environment: string) => `${oneClip}environment: ${environment}\n`;
  const remote = inline(
    '{ url: "wss://${env:HOST}/x?key=${secret:KEY}", headers: { authorization: "Bearer ${secret:KEY}" } }',
  );
  const variables = { HOST: 'h.example', CROSSTALK_SECRET_KEY: 'hunter2' };

  test('placeholders are filled in for the run and stored nowhere', async () => {
    const run = await prepared(remote, { environmentVariables: variables });
    const plan = await run.buildPlan({ runId: 'r', practiceUrl: null });
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.users[0]?.target).toMatchObject({
      url: 'wss://h.example/x?key=hunter2',
      headers: { authorization: 'Bearer hunter2' },
    });
    expect(plan.value.users[0]?.target.shownUrl).toBe('wss://${env:HOST}/x?key=${secret:KEY}');
    const { buildPlan: _, ...kept } = run;
    expect(JSON.stringify([kept, plan.value.applied, plan.value.environment])).not.toContain('hunter2');
    expect(run.yaml).toContain('Bearer ${secret:KEY}');
  });

  test('a header that could not be sent is named with its line', async () => {
    const said = await refusal(inline('{ url: "ws://h/x", headers: { x-a: "1\\r\\nx-b: 2" } }'));
    expect(said).toMatch(/s\.yaml:\d+:\d+: environment\.headers.*holds a line break/);
  });

  test('a secret may also stand under its own name; the prefixed one wins', async () => {
    const url = async (environmentVariables: Record<string, string>) => {
      const run = await prepared(remote, { environmentVariables });
      const plan = await run.buildPlan({ runId: 'r', practiceUrl: null });
      return plan.ok ? plan.value.users[0]?.target.url : plan.error.message;
    };
    expect(await url({ HOST: 'h', KEY: 'a' })).toBe('wss://h/x?key=a');
    expect(await url({ HOST: 'h', KEY: 'a', CROSSTALK_SECRET_KEY: 'b' })).toBe('wss://h/x?key=b');
    expect(await url({ KEY: 'a' })).toBe(
      'Target default needs ${env:HOST}: set the environment variable HOST.',
    );
    expect(await url({ HOST: 'h' })).toContain('set the environment variable CROSSTALK_SECRET_KEY or KEY');
  });

  test('what is filled in must still be an address, and is not repeated', async () => {
    const run = await prepared(inline('{ url: "${secret:URL}" }'), {
      environmentVariables: { URL: 'ftp://hunter2/' },
    });
    const plan = await run.buildPlan({ runId: 'r', practiceUrl: null });
    expect(!plan.ok && plan.error.message).toContain(
      'is not a ws:// or wss://, http:// or https://, grpc:// or grpcs:// URL once ${secret:URL} is filled in',
    );
    expect(JSON.stringify(plan)).not.toContain('hunter2');
    const header = await prepared(inline('{ url: "ws://h", headers: { x: "${env:X}" } }'), {
      environmentVariables: { X: 'a\r\nb: c' },
    });
    const broken = await header.buildPlan({ runId: 'r', practiceUrl: null });
    expect(!broken.ok && broken.error.code).toBe('invalid_header');
  });

  test('literal secrets are masked in what is kept', async () => {
    const run = await prepared(
      inline('{ url: "wss://h/x?code=hunter2", headers: { x-api-key: hunter3, x-room: "7" } }'),
      {
        set: ['environment.headers.cookie=hunter4'],
        environmentVariables: { WS_URL: 'wss://u:hunter5@h/y?token=hunter6' },
      },
    );
    const { buildPlan: _, file: __, ...kept } = run;
    expect(JSON.stringify(kept)).not.toMatch(/hunter/);
    expect(run.yaml).toContain('x-room: "7"');
    const plan = await run.buildPlan({ runId: 'r', practiceUrl: null });
    expect(plan.ok && plan.value.users[0]?.target.headers['x-api-key']).toBe('hunter3');
  });

  test('wrong addresses have their line', async () => {
    expect(await refusal(inline('{ url: "ftp://h/x" }'))).toMatch(
      /s\.yaml:10:21: environment\.url: "ftp:\/\/h\/x" must start with ws/,
    );
    expect(await refusal(inline('{ url: "ws://h:99999/x" }'))).toContain(
      'environment.url: "ws://h:99999/x" is not a URL',
    );
    expect(await refusal(inline('staging'))).toContain('there is no environment "staging"');
  });

  test('a certificate is read as PEM', async () => {
    const yaml = inline('{ url: "wss://h/x", tls: { ca: ca.pem } }');
    expect(await refusal(yaml)).toMatch(/:10:45: environment\.tls\.ca: there is no readable file/);
    await writeFile(join(folder, 'ca.pem'), 'hello');
    expect(await refusal(yaml)).toContain('is not a certificate in PEM form');
    const pem = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';
    await writeFile(join(folder, 'ca.pem'), pem);
    const plan = await planned(yaml);
    expect(plan.users[0]?.target.tls).toMatchObject({ verify: true, ca: pem });
  });

  test('several targets, each users entry has its own', async () => {
    const yaml = `${oneClip}environment: { targets: { a: { url: "ws://a" }, default: { url: "ws://b", protocol: acs } } }\n`;
    expect((await planned(yaml)).users[0]?.target.url).toBe('ws://b');
    expect((await prepared(yaml)).environment).toBe('a +1');
  });
});

test('the text is kept as it was when nothing lies over it', async () => {
  const yaml = `# a comment\n${oneClip}`;
  const run = await prepared(yaml);
  expect(run.yaml).toBe(yaml);
  expect((await prepared(yaml, { users: 9 })).yaml).toBe(yaml.replace('users: 2', 'users: 9'));
});

test('the number of workers is checked', async () => {
  expect(await refusal(oneClip, { workers: 0 })).toBe('--workers must be a whole number from 1 to 256.');
  const plan = await planned(oneClip, { workers: 3 });
  expect(plan.workers).toBe(3);
  expect(plan.applied).toEqual(['--workers → engine threads = 3']);
});

describe('what is likely not meant', () => {
  const rows = `${tail}thresholds:
  - { metric: barge_in, stat: p95, target: 1s }
  - { metric: barge_in, stat: p50, target: 1s, when: mock }
  - { metric: ttfa, stat: p95, target: 1s, where: { turn: 1 } }
`;
  const turn = '          - clip: hi.pcm';

  test('is said when a run starts, of the thresholds that count there', async () => {
    const run = await prepared(withTurns(turn, rows));
    expect(run.warnings.map((text) => text.replace(/^.*?:(\d+:\d+): /, '$1 '))).toEqual([
      '11:15 thresholds[0].metric: barge_in p95 has nothing to be judged by: no turn has "barge_in"; without a value it fails',
    ]);
  });

  test('is not said of a single run-through, which is not judged; overrides that shorten a load are named', async () => {
    expect((await prepared(withTurns(turn, rows), { once: true })).warnings).toEqual([]);
    const late = `${tail}periods: [{ name: late, from: 5s, to: 6s }]\n`;
    expect((await prepared(withTurns(turn, late))).warnings).toEqual([]);
    expect((await prepared(withTurns(turn, late), { durationMs: 4000 })).warnings).toEqual([
      expect.stringContaining('period "late" begins at 5s, when the load (4s) is over: nothing is in it'),
    ]);
  });
});
