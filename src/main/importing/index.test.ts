import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importKinds } from '#contract/api/scenarios';
import { importScenario } from './index.ts';
import { fixture, imported, refusal } from './testing.ts';

describe('what a text is, is found out', () => {
  test.each([
    ['voice.env', 'env'],
    ['exports.sh', 'env'],
    ['docker-run.sh', 'env'],
    ['settings.ps1', 'env'],
    ['compose.yaml', 'env'],
    ['run-load-test.sh', 'locust'],
    ['distributed.sh', 'locust'],
    ['locust.conf', 'locust'],
    ['make.sh', 'locust'],
    ['k6-smoke.js', 'k6'],
    ['k6-voice.js', 'k6'],
    ['k6-scenarios.js', 'k6'],
    ['k6-options.json', 'k6'],
  ])('%s is %s', (name, kind) => {
    expect(imported(fixture(name)).kind).toBe(kind);
  });

  test.each([
    ['const options = { vus: 1, duration: "1m" }', 'k6'],
    ['{ stages: [{ duration: "1m", target: 3 }] }', 'k6'],
    ['SOMETHING=1\nELSE=2', 'env'],
  ])('%j', (text, kind) => {
    expect(imported(text).kind).toBe(kind);
  });

  test.each(['', '   \n', 'Dear team, please find enclosed', '{"a": 1}', 'import this'])(
    '%j is none',
    (text) => {
      expect(['unknown_import', 'nothing_to_import']).toContain(refusal(text).code);
    },
  );
});

test('what was left out, and what stands in, is said in the file itself', () => {
  const { yaml } = imported('locust -f l.py -u 5 -t 1m');
  expect(yaml).toContain('# Imported from a Locust command line.\n# Left out:\n# - -f l.py: ');
  expect(yaml).toContain('# from -u 5 -t 1m');
  expect(yaml).toContain('# not in what was imported: the usual ones');
  expect(yaml).toContain('- say: Hi there, I have a quick question');
});

test('very many things are counted, not listed', () => {
  const { notes } = imported(Array.from({ length: 5000 }, (_, i) => `VARIABLE_${i}=x`).join('\n'), 'env');
  expect(notes.length).toBeLessThan(250);
  expect(notes.at(-1)?.text).toContain('4800 more');
});

describe('whatever is imported', () => {
  /** Pieces of what the importers look for, so that random texts get further than the first check. */
  const pieces = fc.constantFrom(
    'locust ', '-u ', '-r', '10', '--host https://', 'a:b@h', '/x?token=', '$', '${', '}', '"', "'", '\\', '\n', '=', 'WS_URL=', 'TURNS_PER_USER=',
    'export ', 'const options = ', '{', '[', ']', '(', ')', 'stages: ', 'vus: ', 'duration: ', "'1m'", 'thresholds: ', "'p(95)<1'", ',', ':', '__ENV.X', '...',
    'scenarios: ', 'executor: ', "'constant-vus'", '# ', '-e ', 'CHUNK_MS=', '-1', '1e999', '\u2028', '\0', '\ud800', '`', ';', 'for (;;) ', '=> ', 'new Trend(',
  ); // prettier-ignore
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  );

  const valid = (kind: 'auto' | (typeof importKinds)[number], given: string) => {
    const result = importScenario(kind, given);
    if (result.ok) expect(imported(given, kind).file.version).toBe(1);
    else {
      expect(result.error.message).toMatch(/^[A-Z].*[.!?”"]$/s);
      expect(['unknown_import', 'nothing_to_import', 'unreadable_script']).toContain(result.error.code);
    }
  };

  test('a text becomes a valid scenario or one clear error', () => {
    fc.assert(fc.property(fc.constantFrom('auto', ...importKinds), text, valid), { numRuns: 400 });
  });

  test('variables of the tool with any values become a valid scenario', () => {
    const names = fc.constantFrom('WS_URL', 'PCM_DIR', 'TURNS_PER_USER', 'CHUNKS_PER_TURN', 'CHUNK_MS', 'FIRST_BYTE_TIMEOUT_SEC', 'BARGE_QUIET_MS', 'RESPONSE_TOKENS', 'SAMPLE_RATE', 'LOCUST_USERS', 'LOCUST_RUN_TIME', 'LOCUST_HOST'); // prettier-ignore
    const value = fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), fc.webUrl());
    fc.assert(
      fc.property(fc.array(fc.tuple(names, value), { minLength: 1, maxLength: 8 }), (set) => {
        expect(imported(set.map(([name, given]) => `${name}=${given}`).join('\n'), 'env').file.version).toBe(
          1,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('options of any values become a valid scenario', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.constantFrom('1m', '30s', '', 'x', null, true),
      fc.string(),
    );
    const stages = fc.array(fc.record({ duration: value, target: value }, { requiredKeys: [] }), {
      maxLength: 4,
    });
    const scenario = fc.record(
      {
        executor: fc.oneof(
          fc.constantFrom('constant-vus', 'ramping-vus', 'constant-arrival-rate', 'ramping-arrival-rate', 'shared-iterations', 'per-vu-iterations', 'externally-controlled'),
          value,
        ),
        vus: value, duration: value, rate: value, timeUnit: value, preAllocatedVUs: value, maxVUs: value,
        iterations: value, maxDuration: value, stages, startTime: value, gracefulStop: value, startVUs: value,
      },
      { requiredKeys: ['executor'] },
    ); // prettier-ignore
    const expression = fc.oneof(
      fc.constantFrom('p(95)<500', 'avg>1', 'rate>0.9', 'count<10', 'rate<2', 'p(0)<1', 'max<-5'),
      fc.string(),
    );
    const k6 = fc.record(
      {
        vus: value,
        duration: value,
        iterations: value,
        stages,
        scenarios: fc.dictionary(fc.string({ maxLength: 12 }), scenario, { maxKeys: 4 }),
        thresholds: fc.dictionary(
          fc.oneof(fc.constantFrom('ws_connecting', 'checks', 'ttfa', 'dropped_iterations', 'ttfa{scenario:a}'), fc.string()),
          fc.array(fc.oneof(expression, fc.record({ threshold: expression, abortOnFail: fc.boolean(), delayAbortEval: value })), { maxLength: 3 }),
          { maxKeys: 4 },
        ),
      },
      { requiredKeys: ['thresholds'] },
    ); // prettier-ignore
    fc.assert(
      fc.property(k6, (given) => {
        expect(imported(JSON.stringify(given), 'k6').file.version).toBe(1);
      }),
      { numRuns: 200 },
    );
  });

  test('a secret in it comes out nowhere', () => {
    const secret = 'Hunter2Hunter2';
    const texts = [
      `WS_URL=wss://u:${secret}@h/x\nMY_TOKEN=${secret}`,
      `WS_URL=wss://h/x?code=${secret}\nSOMETHING ${secret}`,
      `locust -u 1 --host https://${secret}@h/x --password ${secret} --api-key=${secret}`,
      `export const options = { vus: 1, duration: '1m', cloud: { token: '${secret}' }, apiKey: '${secret}' }; export default () => { new WebSocket('wss://h/x?sig=${secret}', null, { headers: { Cookie: '${secret}' } }); };`,
    ];
    for (const given of texts) expect(JSON.stringify(importScenario('auto', given))).not.toContain(secret);
  });
});
