import { expect, test } from 'vitest';
import { parseWithSentences } from '../explain.ts';
import { ScenarioFile } from '../file.ts';
import { scenarioRules, scenarioWarnings } from '../rules.ts';
import { formatPath } from '../shape.ts';

function warned(users: object[], thresholds: object[], more: object = {}): string[] {
  const value = { version: 1, name: 'x', users, load: { users: 1, duration: '1m' }, thresholds, ...more };
  const parsed = parseWithSentences(ScenarioFile, value);
  if (!('value' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  expect(scenarioRules(parsed.value)).toEqual([]);
  return scenarioWarnings(parsed.value).map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

const http = (...steps: object[]) => ({ kind: 'http', steps });
const grpc = (...steps: object[]) => ({ kind: 'grpc', name: 'services', steps });
const voice = (turns: object[], more: object = {}) => ({
  kind: 'voice',
  conversations: [{ name: 'a', turns }],
  ...more,
});
const time = (metric: string, more: object = {}) => ({ metric, stat: 'p95', target: '1s', ...more });
const speed = { metric: 'tokens_per_second', stat: 'p50', target: 10 };
const rate = (metric: string, more: object = {}) => ({ metric, stat: 'rate', target: '99%', ...more });
const count = (metric: string, more: object = {}) => ({ metric, stat: 'count', target: 0, ...more });
const plain = http({ get: '/a', phase: 'auth' }, { post: '/b', phase: 'chat' });
const called = grpc({ rpc: 'a.B/C' });

const setup = [{ kind: 'http', steps: [{ post: '/seed', phase: 'seed' }] }];
const fails = 'without a value it fails';

test.each<[string, object[], object[], object, string]>([
  ['no answer is streamed', [plain], [time('first_token')], {}, `thresholds[0].metric: first_token p95 has nothing to be judged by: no request of these users has "stream", or "token" where it is a call; ${fails}`],
  ['no token of a call', [called], [speed], {}, `thresholds[0].metric: tokens_per_second p50 has nothing to be judged by: no request of these users has "stream", or "token" where it is a call; ${fails}`],
  ['another phase is streamed', [http({ get: '/a', phase: 'auth' }, { get: '/b', phase: 'chat', stream: 'sse' })], [time('first_token', { where: { phase: 'auth' } })], {}, `thresholds[0].metric: first_token p95 has nothing to be judged by: no request of phase "auth" has "stream", or "token" where it is a call; ${fails}`],
  ['no audio comes', [called], [time('first_audio')], {}, `thresholds[0].metric: first_audio p95 has nothing to be judged by: no request of these users is a call of gRPC with "first_audio"; ${fails}`],
  ['no audio goes', [plain, called], [time('final_result', { where: { user: 'clients' } })], {}, `thresholds[0].metric: final_result p95 has nothing to be judged by: no request of user "clients" is a call of gRPC with "audio"; ${fails}`],
  ['no checks', [plain], [rate('check_success')], {}, `thresholds[0].metric: check_success has nothing to be judged by: no request of these users has "checks"; ${fails}`],
  ['no checks to fail', [plain], [count('checks_failed')], {}, 'thresholds[0].metric: checks_failed is always 0: no request of these users has "checks"'],
  ['nothing is made again', [plain], [count('retries')], {}, 'thresholds[0].metric: retries is always 0: no request of these users is made again ("retries": { attempts: … })'],
  ['only set-up', [plain], [time('request', { where: { phase: 'seed' } })], { setup }, `thresholds[0].where.phase: request p95 has nothing to be judged by: only set-up and tear-down make requests of phase "seed", which count in no threshold; ${fails}`],
  ['a step of another phase', [plain], [time('request', { where: { step: 'GET /a', phase: 'chat' } })], {}, `thresholds[0].where.step: request p95 has nothing to be judged by: no users make a request of step "GET /a" and phase "chat"; ${fails}`],
  ['a step of other users', [plain, called], [time('tcp', { where: { step: 'GET /a', user: 'services' } })], {}, `thresholds[0].where.step: tcp p95 has nothing to be judged by: no users make a request of user "services" and step "GET /a"; ${fails}`],
  ['nobody interrupts', [voice([{ say: 'a' }])], [time('barge_in')], {}, `thresholds[0].metric: barge_in p95 has nothing to be judged by: no turn has "barge_in"; ${fails}`],
  ['another turn interrupts', [voice([{ say: 'a', barge_in: {} }, { say: 'b' }])], [rate('barge_in_success', { where: { turn: 2 } })], {}, `thresholds[0].metric: barge_in_success has nothing to be judged by: no turn of turn 2 has "barge_in"; ${fails}`],
  ['too few turns', [voice([{ say: 'a' }, { say: 'b' }])], [time('ttfa', { where: { turn: 3 } })], {}, `thresholds[0].where.turn: ttfa p95 has nothing to be judged by: a call has at most 2 turns; ${fails}`],
  ['no search', [voice([{ say: 'a' }])], [count('calls_held')], {}, `thresholds[0].metric: calls_held has nothing to be judged by: only a search for the breaking point (executor: breaking-point) finds it; ${fails}`],
  ['no arrivals', [plain], [count('arrivals_dropped')], {}, 'thresholds[0].metric: arrivals_dropped is always 0: only a load with a rate of arrivals drops any'],
  ['too late', [plain], [time('request', { after: '1m' })], {}, `thresholds[0].after: request p95 has nothing to be judged by: 1m is not shorter than the load (1m); ${fails}`],
  ['within the warm-up', [plain], [time('request', { where: { period: 'cold' } })], { warm_up: '5s', periods: [{ name: 'cold', from: '0s', to: '5s' }] }, `thresholds[0].where.period: request p95 has nothing to be judged by: period "cold" ends at 5s, not after the warm-up (5s); ${fails}`],
])('%s', (_name, users, thresholds, more, sentence) => {
  expect(warned(users, thresholds, more)).toEqual([sentence]);
}); // prettier-ignore

test('a period after the load is said where it stands, and where a threshold is on it', () => {
  const more = { periods: [{ name: 'late', from: '1m', to: '2m' }] };
  expect(warned([plain], [time('request', { where: { period: 'late' } })], more)).toEqual([
    'periods[0].from: period "late" begins at 1m, when the load (1m) is over: nothing is in it',
    `thresholds[0].where.period: request p95 has nothing to be judged by: period "late" begins at 1m, when the load (1m) is over; ${fails}`,
  ]);
});

test('what may be measured is nothing to speak of', () => {
  const streamed = http(
    { get: '/a', stream: 'sse', checks: [{ status: 200 }], retries: { attempts: 1 } },
    { group: 'g', phase: 'p', steps: [{ get: '/b', name: 'b' }] },
  );
  const spoken = grpc({ rpc: 'a.B/C', audio: { say: 'a', field: 'x' }, first_audio: 'y', token: 'z' });
  const where = { step: 'b', phase: 'p', group: 'g', user: 'clients' };
  expect(
    warned(
      [streamed, spoken, voice([{ say: 'a', barge_in: {} }, { say: 'b' }], { turns_per_call: 6 })],
      [
        time('first_token'), speed, time('first_audio'), time('final_result'), rate('check_success'), count('retries'),
        time('request', { where }), time('barge_in', { where: { turn: 3 } }), time('ttfa', { where: { turn: 5 } }),
        time('tcp', { where: { user: 'callers' } }), time('connect', { where: { turn: 9 } }),
        time('request', { where: { period: 'warm' }, after: '20s' }),
        time('dns', { enabled: false, after: '2m' }),
      ],
      { periods: [{ name: 'warm', from: '10s', to: '2m' }], warm_up: '15s' },
    ),
  ).toEqual([]); // prettier-ignore
  const folder = { kind: 'voice', conversations: [{ name: 'a', clips: 'clips' }] };
  expect(warned([folder], [time('ttfa', { where: { turn: 40 } })])).toEqual([]);
});
