import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunPlan } from '#engine/plan';
import type { PlanRequestUsers } from '#engine/requestPlan';
import { bytesOf, tone } from '../../audio/testing/clips.ts';
import { prepareRun, type RunOverrides } from '../prepare.ts';
import { validateScenario } from '../validate.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-requests-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const proto = `syntax = "proto3";
package june.stt;
service SpeechToText {
  rpc Recognize (RecognizeRequest) returns (RecognizeResponse);
  rpc StreamingRecognize (stream RecognizeRequest) returns (RecognizeResponse);
}
enum Encoding { UNKNOWN = 0; LINEAR16 = 1; }
message Config { Encoding encoding = 1; int32 sample_rate = 2; map<string, string> labels = 3; repeated string hints = 4; }
message RecognizeRequest { Config config = 1; bytes audio_content = 2; }
message RecognizeResponse { string transcript = 1; }
`;

function scenario(users: string, more = ''): string {
  const load = more.includes('load:') ? '' : 'load: { users: 2, duration: 10s }\n';
  return `version: 1\nname: Test\n${load}${more}users:\n${users}\n`;
}
const indented = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
const http = (body: string, more = '') => scenario(`  - kind: http\n${indented(body)}`, more);
const grpc = (body: string, more = '') =>
  scenario(`  - kind: grpc\n    proto: stt.proto\n${indented(body)}`, more);

async function prepare(yaml: string, overrides: Partial<RunOverrides> = {}) {
  const path = join(folder, 's.yaml');
  await writeFile(path, yaml);
  return prepareRun(path, {
    environmentVariables: {},
    workspaceCache: join(folder, 'workspace'),
    processes: {
      spawn: () => {
        throw new Error('nothing may be started');
      },
    },
    ...overrides,
  });
}

const practiceServices = { http: 'http://127.0.0.1:1', grpc: 'grpc://127.0.0.1:2' };

async function planned(yaml: string, overrides: Partial<RunOverrides> = {}): Promise<RunPlan> {
  const run = await prepare(yaml, overrides);
  if (!run.ok) throw new Error(run.error.message);
  const plan = await run.value.buildPlan({ runId: 'r', practiceUrl: 'ws://127.0.0.1:1/', practiceServices });
  if (!plan.ok) throw new Error(plan.error.message);
  return plan.value;
}

function users(plan: RunPlan, i = 0): PlanRequestUsers {
  const found = plan.users[i];
  if (found === undefined || found.kind === 'voice') throw new Error('no users that make requests');
  return found;
}

async function problems(yaml: string): Promise<string[]> {
  const path = join(folder, 's.yaml');
  await writeFile(path, yaml);
  const checked = await validateScenario(path);
  if (!checked.ok) throw new Error(checked.error.message);
  return checked.value.problems.map((p) => `${p.path}: ${p.message}`.replaceAll(folder, '.'));
}

describe('the plan of http users', () => {
  test('steps are numbered over users and stages, with names, phases and checks as results show them', async () => {
    const plan = await planned(
      http(
        `on_start: [{ post: /login, phase: auth, json: { u: 1 }, extract: { token: $.t } }]
steps:
  - group: chat
    phase: chat
    repeat: { from: 1, to: 3 }
    probability: 0.5
    steps:
      - { get: '/items/\${token}', checks: [{ status: 200 }, { json: $.id, equals: 3 }] }
      - { name: say, post: /chat, phase: talk, timeout: 5s, redirects: 0 }
on_stop: [{ delete: /session }]`,
        'setup: [{ kind: http, name: seed, steps: [{ post: /register, on_failure: continue }] }]\n',
      ),
    );
    expect(
      plan.steps.map(({ id, name, type, user, phase, group }) => [id, name, type, user, phase, group]),
    ).toEqual([
      [0, 'POST /login', 'POST', 'clients', 'auth', null],
      [1, 'GET /items/${token}', 'GET', 'clients', 'chat', 'chat'],
      [2, 'say', 'POST', 'clients', 'talk', 'chat'],
      [3, 'DELETE /session', 'DELETE', 'clients', null, null],
      [4, 'POST /register', 'POST', 'seed', null, null],
    ]);
    expect(plan.steps[1]?.checks).toEqual(['status 200', '$.id is 3']);
    const { journey } = users(plan);
    const group = journey.tasks[0]?.groups[0];
    expect(group).toMatchObject({ name: 'chat', repeat: { from: 1, to: 3 }, probability: 0.5 });
    expect(group?.steps.map((step) => [step.id, step.timeoutMs, step.http?.redirects])).toEqual([
      [1, 60_000, 5],
      [2, 5000, 0],
    ]);
    expect(journey.onStart[0]?.steps[0]?.extract).toEqual({ token: { json: '$.t' } });
    expect(plan.stages[0]).toMatchObject({
      stage: 'setup',
      name: 'seed',
      kind: 'http',
      parallel: 4,
      forEach: null,
    });
    expect(plan.stages[0]?.journey.tasks[0]?.groups[0]?.steps[0]?.onFailure).toBe('continue');
    expect(users(plan).target).toMatchObject({ url: practiceServices.http, protocol: 'http' });
  });

  test('placeholders of the run are filled in and their secrets told; variables stay; what is filled in is no variable', async () => {
    const yaml = http(
      `headers: { x-tenant: '\${env:TENANT}' }
variables: { city: '\${env:CITY}' }
steps:
  - { post: '/a/\${vu}', json: { password: '\${secret:PW}', plain: '$\${vu}' }, checks: [{ json: $.a, equals: '\${env:CITY}' }] }`,
      `environment: { url: 'https://h.test/base', headers: { x-key: '\${secret:KEY}' }, variables: { CITY: Oslo } }\n`,
    );
    const plan = await planned(yaml, {
      environmentVariables: { TENANT: 'a${vu}', CROSSTALK_SECRET_PW: 'hunter2', KEY: 'k-1234' },
    });
    const step = users(plan).journey.tasks[0]?.groups[0]?.steps[0];
    expect(step?.http).toMatchObject({
      address: '/a/${vu}',
      body: { kind: 'json', value: { password: 'hunter2', plain: '$${vu}' } },
    });
    expect(step?.checks).toEqual([{ json: '$.a', equals: 'Oslo' }]);
    expect(users(plan).http?.headers).toEqual({ 'x-tenant': 'a$${vu}' });
    expect(users(plan).journey.variables).toEqual({ city: 'Oslo' });
    expect(users(plan).target).toMatchObject({ url: 'https://h.test/base', headers: { 'x-key': 'k-1234' } });
    expect(new Set(plan.secrets)).toEqual(new Set(['hunter2', 'k-1234']));
  });

  test('what has no value on this machine is told by name', async () => {
    const run = await prepare(http("steps: [{ get: '/${env:TENANT}' }]"));
    const plan = run.ok
      ? await run.value.buildPlan({ runId: 'r', practiceUrl: 'ws://x/', practiceServices })
      : run;
    expect(!plan.ok && plan.error.message).toBe(
      'A request needs ${env:TENANT}: set the environment variable TENANT.',
    );
  });

  test('data is read from JSON, from a place in it, and from CSV', async () => {
    await writeFile(join(folder, 'users.json'), '{"people":[{"name":"ada"},{"name":"bob"}]}');
    await writeFile(join(folder, 'clients.csv'), 'id;city\n7;"Bella Vista"\n8;Oslo\n');
    const plan = await planned(
      http(`data:
  - { name: user, file: users.json, at: $.people, order: sequential }
  - { name: client, file: clients.csv, order: random }
steps: [{ get: '/\${user.name}/\${client.id}' }]`),
    );
    expect(users(plan).journey.feeds).toEqual([
      { name: 'user', order: 'sequential', rows: [{ name: 'ada' }, { name: 'bob' }] },
      {
        name: 'client',
        order: 'random',
        rows: [
          { id: '7', city: 'Bella Vista' },
          { id: '8', city: 'Oslo' },
        ],
      },
    ]);
  });

  test('a file is read once, however often it is sent', async () => {
    await writeFile(join(folder, 'photo.bin'), 'bytes');
    const plan = await planned(
      http(`steps:
  - { post: /a, body_file: photo.bin }
  - { post: /b, multipart: [{ name: photo, file: photo.bin }, { name: note, value: hello }] }`),
    );
    const [a, b] = (users(plan).journey.tasks[0]?.groups ?? []).map((group) => group.steps[0]?.http?.body);
    if (a?.kind !== 'bytes' || b?.kind !== 'multipart') throw new Error('other bodies');
    expect(Buffer.from(a.bytes).toString()).toBe('bytes');
    expect(b.parts[0]?.bytes).toBe(a.bytes);
    expect(b.parts.map((part) => [part.name, part.value, part.filename])).toEqual([
      ['photo', null, 'photo.bin'],
      ['note', 'hello', null],
    ]);
  });

  test('a single run-through keeps everything', async () => {
    expect((await planned(http('steps: [{ get: /a }]'), { once: true })).keepAll).toBe(true);
    expect((await planned(http('steps: [{ get: /a }]'))).keepAll).toBeUndefined();
  });

  test('voice users and requests go side by side, each to its own kind of address', async () => {
    await writeFile(join(folder, 'hi.pcm'), bytesOf(tone(200)));
    const plan = await planned(
      scenario(
        '  - { kind: http, target: api, steps: [{ get: /a }] }\n  - { kind: voice, conversations: [{ name: a, turns: [{ clip: hi.pcm }] }] }',
      ),
    );
    expect(plan.users.map((entry) => [entry.kind, entry.target.url])).toEqual([
      ['http', practiceServices.http],
      ['voice', 'ws://127.0.0.1:1/'],
    ]);
    expect(plan.loads[0]?.users).toEqual([0, 1]);
  });

  test('--url aims at an http service', async () => {
    const plan = await planned(http('steps: [{ get: /a }]'), { urls: { default: 'http://127.0.0.1:9/api' } });
    expect(users(plan).target).toMatchObject({ url: 'http://127.0.0.1:9/api', protocol: 'http' });
  });
});

test('variables of the Locust tool for voice say nothing of requests', async () => {
  const environmentVariables = { WS_URL: 'wss://h.test/x', TURNS_PER_USER: '3' };
  const plan = await planned(http('steps: [{ get: /a }]'), { environmentVariables });
  expect(users(plan).target.url).toBe(practiceServices.http);
  await writeFile(join(folder, 'hi.pcm'), bytesOf(tone(200)));
  const mixed = scenario(
    '  - { kind: http, target: api, steps: [{ get: /a }] }\n  - { kind: voice, conversations: [{ name: a, turns: [{ clip: hi.pcm }] }] }',
  );
  const both = await planned(mixed, { environmentVariables: { TURNS_PER_USER: '3' } });
  expect(both.users[1]?.kind === 'voice' && both.users[1].turnsPerCall).toBe(3);
});

describe('the plan of grpc users', () => {
  beforeEach(() => writeFile(join(folder, 'stt.proto'), proto));

  test('calls are known from their protos; speech is streamed at the rate that is asked for', async () => {
    await writeFile(join(folder, 'hi.pcm'), bytesOf(tone(200)));
    const plan = await planned(
      grpc(`steps:
  - { rpc: june.stt.SpeechToText/Recognize, message: { config: { encoding: LINEAR16 } }, deadline: 3s }
  - rpc: /june.stt.SpeechToText/StreamingRecognize
    audio: { clip: hi.pcm, field: audio_content, sample_rate: 8000 }`),
    );
    expect(plan.steps.map(({ name, type }) => [name, type])).toEqual([
      ['june.stt.SpeechToText/Recognize', 'unary'],
      ['june.stt.SpeechToText/StreamingRecognize', 'client_stream'],
    ]);
    const [first, second] = (users(plan).journey.tasks[0]?.groups ?? []).map((group) => group.steps[0]);
    expect(first).toMatchObject({ timeoutMs: 3000, http: null });
    expect(second?.rpc?.audio).toMatchObject({
      sampleRate: 8000,
      field: 'audio_content',
      chunkMs: 100,
      realTime: true,
    });
    expect(second?.rpc?.audio?.samples.byteLength).toBe(3200);
    expect(users(plan).grpc?.descriptors.length).toBeGreaterThan(100);
    expect(plan.clips).toEqual([]);
  });

  test.each([
    ['steps: [{ rpc: june.stt.SpeechToText/Recognise }]', 'steps[0].rpc: there is no call june.stt.SpeechToText/Recognise; did you mean june.stt.SpeechToText/Recognize?'],
    ['steps: [{ rpc: june.stt.SpeechToText/Recognize, message: { audioContnt: x } }]', 'steps[0].message: june.stt.RecognizeRequest has no field "audioContnt"; did you mean "audio_content"?'],
    ['steps: [{ rpc: june.stt.SpeechToText/Recognize, message: { config: { encoding: LINEAR61 } } }]', 'steps[0].message.config.encoding: encoding must be one of UNKNOWN, LINEAR16, not "LINEAR61"; did you mean "LINEAR16"?'],
    ['steps: [{ rpc: june.stt.SpeechToText/Recognize, message: { config: { hints: a } } }]', 'steps[0].message.config.hints: hints must be a list, not "a"'],
    ['steps: [{ rpc: june.stt.SpeechToText/Recognize, audio: { say: hi, field: audio_content } }]', 'steps[0].audio: june.stt.SpeechToText/Recognize is a unary call, which takes one message: audio is streamed into client streams only'],
    ['steps: [{ rpc: june.stt.SpeechToText/StreamingRecognize, audio: { say: hi, field: config } }]', 'steps[0].audio.field: config of june.stt.RecognizeRequest does not hold bytes'],
    ['steps: [{ rpc: june.stt.SpeechToText/Recognize, token: transcrpt }]', 'steps[0].token: june.stt.RecognizeResponse has no field "transcrpt"; did you mean "transcript"?'],
  ])('%s', async (body, sentence) => {
    expect(await problems(grpc(body))).toEqual([`users[0].${sentence}`]);
  }); // prettier-ignore

  test('a proto that does not compile is named with its line', async () => {
    await writeFile(join(folder, 'stt.proto'), `${proto}\nmessage Broken { strin x = ; }\n`);
    const [problem] = await problems(grpc('steps: [{ rpc: june.stt.SpeechToText/Recognize }]'));
    expect(problem).toMatch(/^users\[0\]\.proto: \.\/stt\.proto:\d+ does not compile: /);
    expect(problem).not.toMatch(/\.$/);
  });
});

describe('what is wrong is one sentence, where it stands', () => {
  test('files: missing, not rows, too large', async () => {
    await writeFile(join(folder, 'broken.json'), '{"a": 1}');
    await writeFile(join(folder, 'none.json'), '[]');
    const big = await open(join(folder, 'big.bin'), 'w');
    await big.truncate(4 * 1024 ** 3);
    await big.close();
    expect(
      await problems(
        http(`data:
  - { name: a, file: broken.json }
  - { name: b, file: gone.csv }
  - { name: c, file: none.json }
  - { name: d, file: broken.json, at: $.people }
  - { name: e, file: broken.json, at: '$.[' }
steps: [{ post: /a, body_file: big.bin }]`),
      ),
    ).toEqual([
      expect.stringContaining('users[0].data[4].at: "$.[" is not a JSON path'),
      'users[0].data[0].file: ./broken.json must be an array of objects, not a map; "at" says where in the file it stands',
      'users[0].data[1].file: there is no file ./gone.csv',
      'users[0].data[2].file: ./none.json has no rows',
      'users[0].data[3].file: ./broken.json has nothing at $.people',
      'users[0].steps[0].body_file: ./big.bin has 4 GB; what a request sends may have at most 256 MB',
    ]);
  });

  test('files that are no JSON, with the line and without what stands in them', async () => {
    await writeFile(join(folder, 'a.json'), '[\n  { "password": "hunter2" }\n  { "password": "hunter2" }\n]');
    await writeFile(join(folder, 'b.json'), '[{ "password": hunter2 }]');
    await writeFile(join(folder, 'c.json'), '["hunter2"]');
    await writeFile(join(folder, 'd.json'), '"hunter2"');
    const data = ['a', 'b', 'c', 'd'].map((name) => `{ name: ${name}, file: ${name}.json }`).join(', ');
    expect(await problems(http(`data: [${data}]\nsteps: [{ get: /a }]`))).toEqual([
      "users[0].data[0].file: ./a.json:3:3 is not valid JSON: expected ',' or ']' after array element",
      "users[0].data[1].file: ./b.json is not valid JSON: unexpected token 'h'",
      'users[0].data[2].file: entry 1 of ./c.json is text; each must be an object',
      'users[0].data[3].file: ./d.json must be an array of objects, not text; "at" says where in the file it stands',
    ]);
  });

  test('JSON paths that cannot be read', async () => {
    expect(
      await problems(
        http(
          "steps: [{ get: /a, checks: [{ json: '$.a[' }], extract: { id: '$..[?' }, stream: { token: '$.' } }]",
        ),
      ),
    ).toEqual([
      expect.stringContaining('users[0].steps[0].checks[0].json: "$.a[" is not a JSON path'),
      expect.stringContaining('users[0].steps[0].extract.id: "$..[?" is not a JSON path'),
      expect.stringContaining('users[0].steps[0].stream.token: "$." is not a JSON path'),
    ]);
  });

  test('a target of another kind, told before the run or when its address is known', async () => {
    const environment =
      "environment: { targets: { default: { url: 'wss://h.test/x' }, api: { url: '${env:API}' } } }\n";
    expect(await problems(http('steps: [{ get: /a }]', environment))).toEqual([
      'users[0].target: target "default" is for voice users, and http users make HTTP requests; give the environment a target with a http:// or https:// address',
    ]);
    const run = await prepare(http('target: api\nsteps: [{ get: /a }]', environment), {
      environmentVariables: { API: 'wss://h.test/hunter2' },
    });
    const plan = run.ok ? await run.value.buildPlan({ runId: 'r', practiceUrl: null }) : run;
    expect(!plan.ok && plan.error.message).toBe(
      'clients are http users, but target api, ${env:API}, is no http:// or https:// address.',
    );
  });

  test('what an address of gRPC has no use for', async () => {
    const yaml = (target: string) =>
      http(
        'steps: [{ get: /a }]',
        `environment: { targets: { default: { url: 'http://h.test' }, g: ${target} } }\n`,
      );
    expect(await problems(yaml("{ url: 'grpc://h.test:1/path' }"))).toEqual([
      'environment.targets.g.url: has a path, which addresses of gRPC servers have none of; write grpc://host:port',
    ]);
    expect(await problems(yaml("{ url: 'http://h.test', protocol: grpc }"))).toEqual([
      'environment.targets.g.url: "http://h.test" is no address for protocol: grpc; write grpc:// or grpcs://, or leave the protocol out',
    ]);
  });
});

describe('fields of rows of data', () => {
  const body = `headers: { x-mail: '\${user.emial}' }
data: [{ name: user, file: people.json }, { name: client, file: clients.csv, order: random }]
steps:
  - { post: '/\${client.nmae}', json: { nick: '\${user.nick}', city: '\${user.home.ctiy}', first: '\${user.tags[0]}' } }
  - { get: '/\${client}/\${user.zip}' }`;

  beforeEach(async () => {
    const people = [
      { email: 'a@h.test', nick: 'a', home: { city: 'Oslo' }, tags: ['x'] },
      { email: 'b@h.test', home: { city: 'Bergen' }, tags: [] },
      { email: 'c@h.test', home: { city: 'Oslo' }, tags: ['y'] },
    ];
    await writeFile(join(folder, 'people.json'), JSON.stringify(people));
    await writeFile(join(folder, 'clients.csv'), 'id,name\n7,hunter2\n');
  });
  const wrong = [
    'users[0].steps[0].post: the rows of client (clients.csv) have no field "nmae"; did you mean "name"?',
    'users[0].headers.x-mail: the rows of user (people.json) have no field "emial"; did you mean "email"?',
    'users[0].steps[0].json.city: the rows of user (people.json) have no field "home.ctiy"; did you mean "home.city"?',
    'users[0].steps[1].get: the rows of user (people.json) have no field "zip"; there are email, nick, home, tags',
  ];
  const odd = [
    'users[0].steps[0].json.nick: 2 of the 3 rows of user (people.json) have no field "nick", row 2 the first: requests that are filled in from them fail',
    'users[0].steps[0].json.first: row 2 of the 3 rows of user (people.json) has no field "tags[0]": requests that are filled in from it fail',
  ];

  test('that no row has are told before the run, with the nearest name', async () => {
    expect([...(await problems(http(body)))].sort()).toEqual([...wrong].sort());
    const run = await prepare(http(body));
    expect(!run.ok && run.error.message).toMatch(/have no field .*\(and 3 more\)$/);
  });

  test('that some rows lack do not stop a run, and are said with how many they are', async () => {
    const path = join(folder, 's.yaml');
    const yaml = http(
      body
        .replace('emial', 'email')
        .replace('nmae', 'name')
        .replace('ctiy', 'city')
        .replace('user.zip', 'user.email'),
    );
    await writeFile(path, yaml);
    const checked = await validateScenario(path);
    if (!checked.ok) throw new Error(checked.error.message);
    expect(checked.value.problems).toEqual([]);
    expect(checked.value.warnings.map((w) => `${w.path}: ${w.message}`)).toEqual(odd);
    expect(checked.value.warnings.every(({ line, column }) => line !== null && column !== null)).toBe(true);
    const run = await prepare(yaml);
    if (!run.ok) throw new Error(run.error.message);
    expect(run.value.warnings.map((text) => text.replace(/^.*?:\d+:\d+: /, ''))).toEqual(odd);
  });

  test('a value that a response gives under the name of data may have other fields', async () => {
    const yaml = http(`data: [{ name: user, file: people.json }]
steps:
  - { get: /me, extract: { user: $.me } }
  - { get: '/\${user.id}' }`);
    expect(await problems(yaml)).toEqual([]);
  });
});
