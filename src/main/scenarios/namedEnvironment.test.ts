import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '#contract/errors';
import { bytesOf, tone } from '../audio/testing/clips.ts';
import { resolveEnvironment } from '../environments/resolve.ts';
import { nodeProcessHost } from '../processes/nodeHost.ts';
import { prepareRun, type PreparedRun, type RunOverrides } from './prepare.ts';
import { validateScenario } from './validate.ts';

let folder = '';
let workspace = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-named-'));
  workspace = join(folder, 'workspace');
  await mkdir(join(folder, 'environments'));
  await mkdir(join(workspace, 'environments'), { recursive: true });
  await writeFile(join(folder, 'hi.pcm'), bytesOf(tone(200, { silenceMs: 40 })));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = (where: string, name: string, text: string) =>
  writeFile(join(where, 'environments', `${name}.yaml`), `version: 1\nname: ${name}\n${text}`);

function scenario(aimedAt: string, more = ''): string {
  return `version: 1
name: Test # with a comment
environment: ${aimedAt}
users:
  - kind: voice
    conversations: [{ name: a, turns: [{ clip: hi.pcm }] }]
load: { users: 2, duration: 10s }
${more}`;
}

async function prepare(yaml: string, overrides: Partial<RunOverrides> = {}) {
  await writeFile(join(folder, 's.yaml'), yaml);
  return prepareRun(join(folder, 's.yaml'), {
    environmentVariables: {},
    workspaceCache: join(workspace, 'audio_cache'),
    workspace,
    processes: nodeProcessHost,
    ...overrides,
  });
}
async function prepared(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<PreparedRun> {
  const made = await prepare(yaml, overrides);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}
async function planOf(run: PreparedRun) {
  const plan = await run.buildPlan({ runId: 'r', practiceUrl: null });
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}
async function refusal(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<string> {
  const made = await prepare(yaml, overrides);
  if (made.ok) throw new Error('accepted');
  expect(made.error.kind).toBe('invalid_input');
  return made.error.message.replaceAll(folder, '.');
}

describe('a named environment', () => {
  test('lies beside the scenario, or else in the workspace', async () => {
    await environment(workspace, 'staging', 'url: wss://workspace.test/\n');
    const run = await prepared(scenario('staging'));
    expect(run).toMatchObject({ environment: 'staging', needsPractice: false });
    expect((await planOf(run)).users[0]?.target.url).toBe('wss://workspace.test/');
    await environment(folder, 'staging', 'url: wss://beside.test/\n');
    const nearer = await planOf(await prepared(scenario('staging')));
    expect(nearer).toMatchObject({
      environment: 'staging',
      users: [{ target: { url: 'wss://beside.test/' } }],
    });
    expect(await resolveEnvironment('staging', { scenarioFolder: folder, workspace })).toMatchObject({
      ok: true,
      value: { name: 'staging', folder: join(folder, 'environments') },
    });
  });

  test('is asked for by --env, whatever the scenario says', async () => {
    await environment(workspace, 'one', 'url: wss://one.test/\n');
    await environment(workspace, 'two', 'url: wss://two.test/\n');
    for (const written of ['one', 'practice', '{ url: "wss://inline.test" }', 'unknown']) {
      const run = await prepared(scenario(written), { env: 'two' });
      expect((await planOf(run)).users[0]?.target.url).toBe('wss://two.test/');
      expect(run.applied).toEqual(['--env → environment = two']);
    }
    expect(await prepared(scenario('one'), { env: 'practice' })).toMatchObject({
      environment: 'practice',
      needsPractice: true,
    });
  });

  test('that is not there is told where its name stands, with the nearest and where it was looked for', async () => {
    await environment(workspace, 'staging', 'url: wss://a.test/\n');
    expect(await refusal(scenario('stagin'))).toBe(
      './s.yaml:3:14: environment: there is no environment "stagin"; did you mean "staging"? It would be the file stagin.yaml in ./environments or ./workspace/environments',
    );
    expect(await refusal(scenario('practice'), { env: 'producton' })).toMatch(
      /^--env: environment: there is no environment "producton"; write it as the file producton\.yaml in .* \(which has staging\)$/,
    );
    expect(await refusal(scenario('../../etc/passwd'))).toMatch(
      /there is no environment "\.\.\/\.\.\/etc\/passwd"; environments are files in/,
    );
    // A name that leads nowhere is not covered up by an address.
    expect(await refusal(scenario('stagin'), { urls: { default: 'ws://h' } })).toContain(
      'did you mean "staging"?',
    );
    const checked = await validateScenario(join(folder, 's.yaml'), { workspace });
    expect(checked).toMatchObject({
      ok: true,
      value: { environment: null, problems: [{ line: 3, column: 14, path: 'environment' }] },
    });
  });

  test('that is not valid is told with its own file, line and column', async () => {
    await environment(workspace, 'staging', 'url: wss://a.test/\nheadrs: {}\nauth: { type: bearer }\n');
    const said = await refusal(scenario('staging'));
    expect(said).toMatch(
      /^\.\/workspace\/environments\/staging\.yaml:4:1: headrs: unknown key "headrs"; did you mean "headers"\?|^\.\/workspace\/environments\/staging\.yaml:4:1: unknown key "headrs"/,
    );
    const other = join(workspace, 'environments', 'other.yaml');
    await writeFile(other, 'version: 1\nname: staging\nurl: wss://a.test/\n');
    expect(await refusal(scenario('other'))).toBe(
      './workspace/environments/other.yaml:2:7: name: must be "other", the name of its file; rename one of them',
    );
    await environment(workspace, 'ca', 'url: wss://a.test/\ntls: { ca: ./gone.pem }\n');
    expect(await refusal(scenario('ca'))).toMatch(
      /^\.\/workspace\/environments\/ca\.yaml:4:12: tls\.ca: there is no readable file .*gone\.pem$/,
    );
  });

  test('has the targets its users name', async () => {
    const targets = 'targets:\n  default: { url: "wss://a.test/" }\n  chat: { url: "wss://b.test/" }\n';
    await environment(workspace, 'two', targets);
    const users = (target: string) =>
      scenario('two').replace('kind: voice', `kind: voice\n    target: ${target}`);
    expect((await planOf(await prepared(users('chat')))).users[0]?.target.url).toBe('wss://b.test/');
    expect(await refusal(users('chats'))).toBe(
      './s.yaml:6:13: users[0].target: the environment has no target "chats"; it has "default", "chat"',
    );
    const aimed = await prepared(users('chat'), { urls: { chat: 'ws://c.test/?token=abc' } });
    expect((await planOf(aimed)).users[0]?.target.url).toBe('ws://c.test/?token=abc');
    expect(aimed.applied).toEqual(['--url chat → environment.targets.chat.url = ws://c.test/?token=***']);
    expect(aimed.aim.targets).toEqual([{ name: 'chat', url: 'ws://c.test/?token=***' }]);
    expect(await refusal(users('chat'), { urls: { chta: 'ws://c' } })).toContain('did you mean "chat"?');
  });

  test('keeps what an address put over it leaves, its guard too', async () => {
    await environment(
      workspace,
      'staging',
      'url: wss://a.test/\nheaders: { x-a: "1" }\nguard: { url: "http://a.test", expect: ok }\n',
    );
    const run = await prepared(scenario('staging'), { urls: { default: 'ws://b.test/' } });
    expect((await planOf(run)).users[0]?.target).toMatchObject({
      url: 'ws://b.test/',
      headers: { 'x-a': '1' },
    });
    expect(run).toMatchObject({ environment: 'staging', aim: { guarded: true } });
    const set = await prepared(scenario('staging'), { set: ['environment.headers.x-a="2"'] });
    expect((await planOf(set)).users[0]?.target.headers).toEqual({ 'x-a': '2' });
  });

  test('is kept as it was, with everything secret in it masked', async () => {
    const secrets = ['hunter1', 'hunter2', 'hunter3', 'hunter4', 'hunter5', 'hunter6', 'hunter7', 'hunter8'];
    await environment(
      workspace,
      'staging',
      `url: wss://me:hunter1@a.test/?token=hunter2&x=1
headers: { x-key: hunter3, x-plain: shown, x-later: "\${secret:LATER}" }
auth: { type: header, name: x-other, value: hunter4 }
tls: { verify: false, passphrase: hunter5 }
proxy: http://me:hunter6@proxy.test
variables: { API_TOKEN: hunter7, REGION: west }
guard: { url: "http://a.test/h?code=hunter8", expect: { app_env: test } }
`,
    );
    const run = await prepared(scenario('staging'), { set: ['environment.auth.value=hunter4'] });
    const kept = [run.yaml, JSON.stringify(run.applied), JSON.stringify(run.aim)].join('\n');
    for (const secret of secrets) expect(kept).not.toContain(secret);
    expect(run.yaml).toContain('# with a comment');
    expect(run.yaml).toContain('# The environment "staging", as it was when the run began.');
    for (const shown of [
      'x-plain: shown',
      '${secret:LATER}',
      'REGION: west',
      'type: header',
      'x=1',
      'app_env: test',
    ])
      expect(run.yaml).toContain(shown);
    // What is kept can be read again.
    await writeFile(join(folder, 'kept.yaml'), run.yaml);
    const again = await validateScenario(join(folder, 'kept.yaml'));
    expect(again).toMatchObject({ ok: true, value: { problems: [] } });
  });

  test('in place is masked as well, and otherwise kept to the letter', async () => {
    const inline = '{ url: "wss://a.test", auth: { type: basic, user: me, password: hunter2 } } # here';
    const run = await prepared(scenario(inline));
    expect(run.yaml).not.toContain('hunter2');
    expect(run.yaml).toContain('user: me');
    const open = scenario('{ url: "wss://a.test", auth: { type: bearer, token: "${secret:T}" } } # here');
    expect((await prepared(open)).yaml).toBe(open);
  });

  test('has variables of its own, and secrets that are kept', async () => {
    await environment(
      workspace,
      'staging',
      'url: "${env:BASE}/call"\nheaders: { a: "${secret:KEPT}" }\nvariables: { BASE: "wss://${env:HOST}" }\n',
    );
    const secrets = {
      read: (name: string) => Promise.resolve(ok(name === 'KEPT' ? 'value' : null)),
      has: () => true,
    };
    const run = await prepared(scenario('staging'), {
      environmentVariables: { HOST: 'h.test', BASE: 'not this' },
      secrets,
    });
    expect(run.need.targets).toMatchObject([{ address: 'h.test:443', secure: true }]);
    expect((await planOf(run)).users[0]?.target).toMatchObject({
      url: 'wss://h.test/call',
      headers: { a: 'value' },
    });
    expect(run.yaml).not.toContain('value');
  });

  test('chooses the thresholds by its latency profile', async () => {
    const rows = `thresholds:
  - { metric: ttfa, stat: p95, target: 2s, when: live }
  - { metric: ttfa, stat: p95, target: 200ms, when: mock }
  - { metric: turn_success, stat: rate, target: 95% }
`;
    await environment(workspace, 'mocked', 'url: wss://a.test/\nlatency: mock\n');
    const targets = async (name: string) =>
      (await planOf(await prepared(scenario(name, rows), { environmentVariables: null }))).thresholds.map(
        (t) => t.target,
      );
    expect(await targets('mocked')).toEqual([200, 0.95]);
    expect(await targets('{ url: "wss://a.test" }')).toEqual([2000, 0.95]);
    const search = scenario('mocked', rows.replace(/.*mock \}\n|.*95% \}\n/g, '')).replace(
      /load: .*/,
      'load: { executor: breaking-point, steps: [1, 2], hold: 10s }',
    );
    expect(await refusal(search)).toMatch(
      /thresholds: a search for the breaking point needs thresholds, and none of these is for an environment of latency mock/,
    );
  });

  test('is resolved for a check of the text too, or another one instead', async () => {
    await environment(workspace, 'staging', 'url: wss://a.test/\nlatency: mock\n');
    await writeFile(join(folder, 's.yaml'), scenario('staging'));
    const checked = await validateScenario(join(folder, 's.yaml'), { workspace });
    expect(checked).toMatchObject({
      ok: true,
      value: { problems: [], file: { environment: 'staging' }, environment: { latency: 'mock' } },
    });
    const other = await validateScenario(join(folder, 's.yaml'), { workspace, environment: 'nowhere' });
    expect(other).toMatchObject({ ok: true, value: { problems: [{ path: 'environment' }] } });
  });
});

describe('once', () => {
  const two = `version: 1
name: Two
environment: { url: "ws://a.test" }
users:
  - { kind: voice, name: one, weight: 9, calls_per_user: 4, conversations: [{ name: a, turns: [{ clip: hi.pcm }] }] }
  - { kind: voice, name: two, conversations: [{ name: a, turns: [{ clip: hi.pcm }] }] }
load: { executor: ramping-vus, stages: [{ target: 500, duration: 1h }] }
warm_up: 30s
thresholds: [{ metric: ttfa, stat: p95, target: 2s }]
`;

  test('is one call of every users entry, recorded, without warm-up or thresholds', async () => {
    const run = await prepared(two, { once: true });
    expect(run).toMatchObject({ once: true, need: { calls: 2 } });
    expect(await planOf(run)).toMatchObject({
      record: 1,
      warmUpMs: 0,
      thresholds: [],
      users: [{ weight: 1, callsPerUser: null }, { weight: 1 }],
      loads: [
        { executor: 'per-vu-iterations', users: [0, 1], profile: { users: 2, iterations: 1, shared: false } },
      ],
    });
  });

  test('replaces loads of their own one by one', async () => {
    const own = two
      .replace(/load: .*\n/, '')
      .replace('name: one,', 'name: one, load: { users: 50, duration: 5m }, start_after: 3m,')
      .replace('calls_per_user: 4, ', '')
      .replace('name: two,', 'name: two, load: { executor: shared-iterations, users: 5, iterations: 9 },');
    const plan = await planOf(await prepared(own, { once: true }));
    expect(plan.loads).toMatchObject([
      { users: [0], startAfterMs: 0, profile: { kind: 'iterations', users: 1, iterations: 1 } },
      { users: [1], profile: { kind: 'iterations', users: 1, iterations: 1 } },
    ]);
  });
});

test('a look at a run speaks nothing and cannot be started', async () => {
  const run = await prepared(scenario('practice').replace('clip: hi.pcm', 'say: Never spoken before'), {
    silent: true,
  });
  expect(run).toMatchObject({ plannedMs: 10_000, need: { calls: 2 } });
  expect(await run.buildPlan({ runId: 'r', practiceUrl: 'ws://127.0.0.1:1' })).toMatchObject({
    ok: false,
    error: { code: 'not_spoken' },
  });
});
