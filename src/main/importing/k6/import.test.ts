import { describe, expect, test } from 'vitest';
import { fixture, imported, refusal } from '../testing.ts';

const options = (text: string) => imported(`export const options = ${text};`, 'k6');
const arrivals = "executor: 'constant-arrival-rate', rate: 1, duration: '1m', maxVUs: 5";
const thresholds = (text: string, before = '') =>
  imported(
    `${before}\nexport const options = { scenarios: { a: { ${arrivals} } }, thresholds: ${text} };`,
    'k6',
  );

describe('whole scripts', () => {
  test('a smoke test of an HTTP service', () => {
    const { kind, file, noted } = imported(fixture('k6-smoke.js'));
    expect(kind).toBe('k6');
    expect(file.load).toMatchObject({ executor: 'constant-vus', users: 5, duration: 45_000 });
    expect(file.environment).toBe('practice');
    expect(file.thresholds.map((row) => [row.metric, row.stat, row.condition, row.target])).toEqual([
      ['error_rate', 'rate', 'below', 0.15],
      ['turn_success', 'rate', 'above', 0.9],
    ]);
    const leftOut = noted('left_out').join('\n');
    expect(leftOut).toContain('checks{phase:auth}: rate>0.95: It is about a part only (phase:auth)');
    expect(leftOut).toContain('http_req_duration: p(95)<1200: It times HTTP requests');
  });

  test('a voice test whose options are put together from parts', () => {
    const { file, noted, yaml, notes } = imported(fixture('k6-voice.js'));
    expect(file.load).toMatchObject({
      executor: 'ramping-vus',
      start_users: 1,
      stages: [
        { target: 50, duration: 30_000 },
        { target: 100, duration: 600_000 },
        { target: 0, duration: 30_000 },
      ],
    });
    expect(file.environment).toMatchObject({
      targets: {
        default: {
          url: 'wss://voice.contoso.example/api/v1/media/stream?token=${secret:TOKEN}',
          headers: { 'x-api-key': '${secret:X_API_KEY}' },
        },
      },
    });
    expect(file.thresholds.map((row) => [row.metric, row.stat, row.target, row.after, row.abort])).toEqual([
      ['connect', 'p95', 1000, 0, false],
      ['connect', 'mean', 400, 0, false],
      ['turn_success', 'rate', 0.95, 0, false],
      ['ttfa', 'p95', 2000, 30_000, true],
      ['ttfa', 'p99', 4000, 0, false],
      ['barge_in', 'p50', 250, 0, false],
      ['barge_in', 'p95', 500, 0, false],
      ['turn_success', 'rate', 0.99, 0, false],
    ]);
    expect(noted('changed').join('\n')).toContain('There is no p(98) here: p99 is the next one.');
    expect(yaml + JSON.stringify(notes)).not.toMatch(/very-secret|abc123/);
  });

  test('several scenarios become users entries with loads of their own', () => {
    const { file, noted } = imported(fixture('k6-scenarios.js'));
    expect(file.load).toBeUndefined();
    expect(file.users.map(({ name, start_after, load }) => [name, start_after, load])).toMatchObject([
      ['warm', 0, { executor: 'per-vu-iterations', users: 2, iterations: 3, max_duration: 120_000 }],
      [
        'ramp',
        120_000,
        { start_users: 0, stages: [{ target: 0 }, { target: 10 }, { target: 20 }], graceful_stop: 60_000 },
      ],
      ['steady', 150_000, { executor: 'constant-arrival-rate', rate: 30, per: 60_000, max_users: 60 }],
      [
        'peak',
        0,
        {
          executor: 'ramping-arrival-rate',
          start_rate: 1,
          max_users: 50,
          stages: [{}, { duration: 86_400_000 }],
        },
      ],
      ['fixed', 0, { executor: 'shared-iterations', users: 10, iterations: 200, max_duration: 600_000 }],
      ['hands', 0, { executor: 'constant-vus', users: 10, duration: 300_000 }],
      ['browser', 0, { executor: 'constant-vus', users: 3 }],
    ]);
    expect(file.thresholds).toHaveLength(10);
    expect(file.thresholds[0]).toMatchObject({ metric: 'connect', target: 1500, where: { user: 'steady' } });
    expect(file.thresholds[1]).toMatchObject({ metric: 'arrivals_dropped', stat: 'count', target: 4 });
    expect(file.thresholds.at(-1)).toMatchObject({
      metric: 'calls_attempted',
      condition: 'above',
      target: 1,
    });
    const leftOut = noted('left_out').join('\n');
    expect(leftOut).toContain('scenarios.odd.executor: "my-own": Crosstalk has no executor of this name.');
    expect(leftOut).toContain('There is no scenario “nobody”');
    expect(leftOut).toContain('scenarios.ramp.gracefulRampDown: "10s"');
  });

  test('options as JSON, and within the metadata of an archive', () => {
    const text = fixture('k6-options.json');
    for (const json of [text, `{"type":"js","options":${text}}`]) {
      const { file } = imported(json);
      expect(file.load).toMatchObject({ stages: [{ target: 20 }, {}, { target: 0, duration: 30_000 }] });
      expect(file.thresholds.map(({ stat, target }) => [stat, target])).toEqual([
        ['p99_9', 3000],
        ['max', 5000],
        ['rate', 1],
      ]);
    }
  });
});

describe('the load', () => {
  test.each([
    ["{ vus: 3, duration: '90s' }", { executor: 'constant-vus', users: 3, duration: 90_000 }],
    ["{ duration: '1m' }", { executor: 'constant-vus', users: 1 }],
    [
      '{ vus: 2, iterations: 10 }',
      { executor: 'shared-iterations', users: 2, iterations: 10, max_duration: 600_000 },
    ],
    ["{ vus: 2, iterations: 10, duration: '1m' }", { executor: 'shared-iterations', max_duration: 60_000 }],
    [
      "{ vus: 4, stages: [{ duration: '1m30s', target: 8 }] }",
      { start_users: 4, stages: [{ target: 8, duration: 90_000 }] },
    ],
    ['{ vus: 4 }', { executor: 'constant-vus', users: 4, duration: 300_000 }],
    ['{ duration: 30000, vus: "5" }', { users: 5, duration: 30_000 }],
    [
      "{ scenarios: { one: { executor: 'constant-vus', vus: 2, duration: '1m' } } }",
      { executor: 'constant-vus', users: 2 },
    ],
  ])('%s', (text, expected) => {
    expect(options(text).file.load).toMatchObject(expected);
  });

  test('one scenario names its users entry, and keeps a later start', () => {
    const one = "{ scenarios: { one: { executor: 'constant-vus', vus: 2, duration: '1m' } } }";
    expect(options(one).file.users[0]?.name).toBe('one');
    const later = options(one.replace('vus: 2', "vus: 2, startTime: '10s'")).file;
    expect(later.load).toBeUndefined();
    expect(later.users[0]).toMatchObject({ name: 'one', start_after: 10_000 });
  });

  test('what has no place in it is left out, the rest stands', () => {
    const { file, noted } = options(
      "{ scenarios: { a: { executor: 'constant-vus', vus: 5e9, duration: '1m' }, b: { executor: 'constant-vus', duration: '1m' }, c: 7, d: { executor: 'constant-arrival-rate', duration: '1m' } } }",
    );
    expect(file.load).toMatchObject({ users: 1, duration: 60_000 });
    expect(noted('left_out').map((note) => note.split(': ')[0])).toEqual([
      'scenarios.c',
      'scenarios.d',
      'scenarios.a',
      'default function',
    ]);
    expect(noted('left_out')[1]).toContain('it has no rate');
  });

  test('without a load the baseline’s stands in, and that is said', () => {
    const { file, noted } = options("{ thresholds: { checks: ['rate>0.9'] } }");
    expect(file.load).toMatchObject({ users: 10, duration: 300_000 });
    expect(noted('changed')[0]).toContain('the baseline’s stands in');
  });
});

describe('thresholds', () => {
  test.each([
    ["{ ws_connecting: ['p(95)<500'] }", { metric: 'connect', stat: 'p95', target: 500 }],
    ["{ ws_connecting: 'avg <= 1500.5' }", { metric: 'connect', stat: 'mean', target: 1500.5 }],
    ["{ ws_connecting: ['med<1e3'] }", { metric: 'connect', stat: 'p50', target: 1000 }],
    ["{ ttfb: ['p(99.9)<500'] }", { metric: 'ttfb', stat: 'p99_9' }],
    ["{ voice_ttfa_ms: ['max>1'] }", { metric: 'ttfa', stat: 'max', condition: 'above' }],
    ["{ bargeInLatency: ['p(90)<500'] }", { metric: 'barge_in', stat: 'p90' }],
    ["{ checks: ['rate>0.07'] }", { metric: 'turn_success', target: 0.07, condition: 'above' }],
    ["{ http_req_failed: ['rate==0'] }", { metric: 'error_rate', target: 0, condition: 'below' }],
    ["{ dropped_iterations: ['count<=3'] }", { metric: 'arrivals_dropped', target: 3 }],
    [
      "{ checks: [{ threshold: 'rate>0.9', abortOnFail: true, delayAbortEval: '10s' }] }",
      { abort: true, after: 10_000 },
    ],
  ])('%s', (text, expected) => {
    expect(thresholds(text).file.thresholds).toMatchObject([expected]);
  });

  test.each([
    ["{ ws_connecting: ['p(95)==500'] }", 'not equal to it'],
    ["{ ws_connecting: ['p(95) under 500'] }", 'cannot be read as a threshold'],
    ["{ ws_connecting: ['rate<1'] }", 'is a time'],
    ["{ checks: ['p(95)<1'] }", 'is a rate'],
    ["{ dropped_iterations: ['rate<1'] }", 'is a count'],
    ["{ checks: ['rate>2'] }", 'is not a share'],
    ["{ ws_session_duration: ['p(95)<1'] }", 'How long a call takes'],
    ["{ my_trend: ['p(95)<1'] }", 'own'],
    ['{ checks: [] , vus: [7] }', 'neither a text'],
    ["{ 'ws_connecting{group:x}': ['p(95)<1'] }", 'about a part only'],
  ])('%s is left out', (text, why) => {
    const { noted, file } = thresholds(text);
    expect(noted('left_out').join('\n')).toContain(why);
    // The usual ones stay where none could be carried over.
    expect(file.thresholds).toHaveLength(5);
  });

  test('a metric of the script’s own must be of the same kind', () => {
    const made = "import { Rate } from 'k6/metrics'; const r = new Rate('ttfa');";
    expect(thresholds("{ ttfa: ['rate>0.9'] }", made).noted('left_out')[0]).toContain('this is a Rate');
  });
});

describe('values are worked out without running anything', () => {
  const duration = (script: string) => imported(script, 'k6').file.load;
  test.each([
    ['const m = 2; export const options = { vus: m * 3 + 1, duration: `${m}m` };', 7],
    ["const base = { vus: 1, duration: '2m' }; export const options = { ...base, vus: 4 };", 4],
    ["export const options = Object.assign({ vus: 1 }, { vus: 5, duration: '2m' });", 5],
    ["export let options = { vus: 1, duration: '2m' }; options.vus = 6;", 6],
    ["const o = { vus: 3, duration: '2m' }; export { o as options };", 3],
    ["exports.options = { vus: 8, duration: '2m' };", 8],
    ["module.exports = { options: { vus: 9, duration: '2m' } };", 9],
    [
      "function make(n, time = '2m') { if (n > 1) { return { vus: n, duration: time }; } return {}; } export const options = make(2);",
      2,
    ],
    ["const big = __ENV.BIG ? 100 : 11; export const options = { vus: big, duration: '2m' };", 11],
    ["export const options = { vus: Number(__ENV.VUS || 12), duration: '2m' };", 12],
    [
      "const o = { vus: 0, duration: '2m' }; for (let i = 0; i < 5; i++) o.vus += 2; export const options = o;",
      10,
    ],
    ["const { n } = { n: 14 }; export const options = { vus: Math.min(n, 20), duration: '2m' };", 14],
    ["let options = { vus: 15, duration: '2m' };", 15],
    ['{ vus: 16, duration: "2m" }', 16],
    ['{ vus: 17, duration: "2m", };', 17],
  ])('%s', (script, users) => {
    expect(duration(script)).toMatchObject({ users, duration: 120_000 });
  });

  test('what only running would tell is left out with why', () => {
    const { noted } = imported(
      "import { n } from './n.js'; const c = JSON.parse(open('c.json')); export const options = { vus: n, duration: c.time, stages: c.stages, x: fetchIt() };",
      'k6',
    );
    const leftOut = noted('left_out').join('\n');
    expect(leftOut).toContain('“n” comes from another module');
    expect(leftOut).toContain('stages cannot be read: it stands in another file');
    expect(leftOut).toContain('“fetchIt()” is not worked out');
    const given = imported("export const options = { vus: __ENV.VUS, duration: '2m' };", 'k6');
    expect(given.noted('left_out').join()).toContain('it is given by __ENV.VUS when the script is started');
  });

  test('an address that is given when the script is started becomes a placeholder', () => {
    const { file } = imported(
      "import ws from 'k6/ws'; const H = __ENV.HOST; export const options = { vus: 1, duration: '1m' }; export default () => { ws.connect(`wss://${H}/x?t=${__ENV.API_TOKEN}`, { headers: { Authorization: `Bearer ${__ENV.API_TOKEN}` } }); };",
      'k6',
    );
    expect(file.environment).toMatchObject({
      targets: {
        default: {
          url: 'wss://${env:HOST}/x?t=${secret:API_TOKEN}',
          headers: { Authorization: 'Bearer ${secret:API_TOKEN}' },
        },
      },
    });
  });

  test('nothing of a script reaches this program', () => {
    const nasty = [
      "export const options = { vus: (() => { globalThis.broken = true; return 3; })(), duration: '1m' };",
      "const p = {}; p['__proto__'] = { broken: true }; p.constructor.prototype.broken = true; export const options = { vus: 3, duration: '1m', ['__proto__']: { broken: 1 } };",
      "export const options = { vus: [].constructor.constructor('return process')().pid, duration: '1m' };",
      '{ "vus": 3, "duration": "1m", "__proto__": { "broken": true }, "constructor": 1 }',
    ];
    for (const script of nasty) expect(imported(script, 'k6').file.load).toMatchObject({ duration: 60_000 });
    expect(Reflect.get(globalThis, 'broken')).toBeUndefined();
    expect(Reflect.get({}, 'broken')).toBeUndefined();
  });

  test.each([
    ['endless loops', "for (;;) {} export const options = { vus: 3, duration: '2m' };"],
    [
      'endless recursion',
      "function f() { return f(); } const x = f(); export const options = { vus: 3, duration: '2m' };",
    ],
    [
      'texts that double',
      "let s = 'ab'; for (let i = 0; i < 1e9; i++) s += s; export const options = { vus: 3, duration: '2m' };",
    ],
    [
      'lists that double',
      "let s = [1]; for (let i = 0; i < 1e9; i++) s = [...s, ...s]; export const options = { vus: 3, duration: '2m' };",
    ],
    [
      'deep nesting',
      `const x = ${'['.repeat(300)}${']'.repeat(300)}; export const options = { vus: 3, duration: '2m' };`,
    ],
  ])('%s end', (_, script) => {
    const { file, noted } = imported(script, 'k6');
    expect(file.load).toBeDefined();
    expect(noted('left_out').length).toBeGreaterThan(0);
  });
});

describe('what cannot be read', () => {
  test('says where', () => {
    const said = refusal("import http from 'k6/http';\nexport const options = { vus 3 };", 'k6');
    expect(said.code).toBe('unreadable_script');
    expect(said.message).toContain('line 2, column 30');
  });

  test.each([
    ['const a = 1;', 'nothing_to_import'],
    ['{"name":"x"}', 'nothing_to_import'],
    ['('.repeat(200_000), 'unreadable_script'],
    ['export const options: Options = { vus: 1 };', 'unreadable_script'],
  ])('%.60s', (text, code) => {
    expect(refusal(text, 'k6').code).toBe(code);
  });
});
