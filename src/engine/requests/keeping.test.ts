import { describe, expect, it } from 'vitest';
import { Clock } from '../clock.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from '../http/exchange.ts';
import type { RpcClient, RpcOutcome, RpcRequest } from '../grpc/rpc.ts';
import type { RunPlan } from '../plan.ts';
import { ownCalls } from '../worker/callBudget.ts';
import { requestRecord } from './columns.ts';
import { Masking } from './masking.ts';
import { getStep, httpUsers, planOf } from './testing/plans.ts';
import { createRequestWorkload, type RequestWorkload } from './workload.ts';

const answered: HttpOutcome = {
  sentAt: 1, firstByteAt: 2, endedAt: 3, status: 200, httpVersion: '1.1', headers: {}, body: null, bytesSent: 1,
  bytesReceived: 1, connection: null, tokens: null, messages: [], redirected: 0, failure: null,
}; // prettier-ignore

interface Asked {
  request: HttpRequest;
  answer: (outcome?: Partial<HttpOutcome>) => void;
}

/** Stands still until it is set. */
class SetClock extends Clock {
  at = 0;

  override now(): number {
    return this.at;
  }
}

/** A client that leaves the answers to the test. */
function rig(plan: RunPlan) {
  const asked: Asked[] = [];
  const clock = new SetClock(0n);
  const http: HttpClient = {
    session: () => ({
      send: (request, done) => {
        asked.push({ request, answer: (outcome = {}) => done({ ...answered, ...outcome }) });
        return () => done({ ...answered, status: null, failure: { kind: 'aborted', message: 'given up' } });
      },
      close: () => undefined,
    }),
    close: () => undefined,
  };
  const calls: { request: RpcRequest; done: (outcome: RpcOutcome) => void }[] = [];
  const rpc: RpcClient = {
    session: () => ({
      call: (request, done) => {
        calls.push({ request, done });
        return () => undefined;
      },
      close: () => undefined,
    }),
    close: () => undefined,
  };
  const workload = createRequestWorkload({
    plan,
    clock,
    onDone: () => undefined,
    clients: { http: () => http, rpc: () => rpc },
  });
  if (workload === null) throw new Error('the plan has users that make requests');
  workload.add({ vu: 1, load: 0, group: 0, phase: 0 }, ownCalls(null));
  return { workload, asked, calls, at: (ms: number) => (clock.at = ms) };
}

function records(workload: RequestWorkload) {
  const { requests, ...report } = workload.report();
  return {
    ...report,
    records: Array.from({ length: requests?.length ?? 0 }, (_, i) => {
      if (requests === null) throw new Error('there are none');
      return requestRecord(requests, i, i + 1);
    }),
  };
}

const url = 'http://127.0.0.1:1';

describe('requests that are kept', () => {
  it('are all of a single run-through, secrets masked', () => {
    const step = getStep('/a?api_key=${key}&q=1', {
      request: {
        method: 'POST',
        headers: { Authorization: 'Bearer very-secret' },
        body: { kind: 'json', value: { password: 'p4ss', text: 'say very-secret', n: '${n}' } },
      },
      extract: { token: { json: '$.access_token' }, id: { json: '$.id' } },
    });
    const users = httpUsers({ url, steps: [step], journey: { variables: { key: 'k1', n: 5 } } });
    const { workload, asked } = rig(planOf([users], { keepAll: true, secrets: ['very-secret'] }));
    expect(asked[0]?.request).toMatchObject({ wantsBody: true, wantsDetail: true });
    expect(asked[0]?.request.body?.toString()).toBe('{"password":"p4ss","text":"say very-secret","n":5}');
    asked[0]?.answer({
      headers: { 'content-type': 'application/json', 'set-cookie': ['sid=abc'] },
      body: Buffer.from('{"access_token":"t0k","id":9,"echo":"very-secret"}'),
    });
    const [kept] = workload.report().kept;
    expect(kept).toMatchObject({
      row: 0,
      kept: {
        why: 'once',
        url: `${url}/a?api_key=***&q=1`,
        requestBody: { text: '{"password":"***","text":"say ***","n":5}', whole: true, binary: false },
        responseBody: { text: '{"access_token":"***","id":9,"echo":"***"}' },
        extracted: { token: '***', id: '9' },
        message: null,
      },
    });
    for (const secret of ['very-secret', 't0k', 'p4ss', 'abc'])
      expect(JSON.stringify(kept)).not.toContain(`${secret}"`);
    expect(JSON.stringify(kept)).not.toContain('very-secret');
    workload.end();
  });

  it('hold no token or cookie that an earlier response gave, wherever a later one has it', () => {
    const login = getStep('/login', { extract: { t: { json: '$.access_token' }, sid: { cookie: 'sid' } } });
    const steps = [login, getStep('/a?u=${sid}', { request: { headers: { 'x-who': '${t}' } } })];
    const { workload, asked } = rig(planOf([httpUsers({ url, steps })], { keepAll: true }));
    asked[0]?.answer({
      headers: { 'set-cookie': ['sid=cookie-value; Path=/'] },
      body: Buffer.from('{"access_token":"token-value"}'),
    });
    expect(asked[1]?.request.url).toBe(`${url}/a?u=cookie-value`);
    asked[1]?.answer({ body: Buffer.from('it was token-value of cookie-value') });
    const [, kept] = workload.report().kept;
    expect(kept?.kept).toMatchObject({ url: `${url}/a?u=***`, responseBody: { text: 'it was *** of ***' } });
    expect(JSON.stringify(kept)).not.toMatch(/token-value|cookie-value/);
    workload.end();
  });

  it('hold no secret that the request sent, however the answer repeats it', () => {
    const body = { kind: 'json' as const, value: { password: 'password-value', name: 'ann' } };
    const step = getStep('/a?api_key=key-value&q=1', { request: { method: 'POST', body } });
    const { workload, asked } = rig(planOf([httpUsers({ url, steps: [step] })], { keepAll: true }));
    asked[0]?.answer({ body: Buffer.from('no /a?api_key=key-value&q=1: ann, password-value') });
    const [kept] = workload.report().kept;
    expect(kept?.kept.responseBody?.text).toBe('no /a?api_key=***&q=1: ann, ***');
    workload.end();
  });

  it('say of a value that was not found when the answer is no JSON at all', () => {
    const step = getStep('/', { extract: { id: { json: '$.id' } }, onFailure: 'continue' });
    const { workload, asked } = rig(planOf([httpUsers({ url, steps: [step] })], { keepAll: true }));
    asked[0]?.answer({ body: Buffer.from('<html>') });
    asked[1]?.answer({ body: Buffer.from('{}') });
    expect(workload.report().kept.map(({ kept }) => kept.message)).toEqual([
      '${id} was not found at $.id: the answer is no JSON.',
      '${id} was not found at $.id.',
    ]);
    workload.end();
  });

  it('are cut at 64 kB, and base64 where they are no text', () => {
    const { workload, asked } = rig(planOf([httpUsers({ url, steps: [getStep('/')] })], { keepAll: true }));
    asked[0]?.answer({ body: Buffer.from('ä'.repeat(50_000)) });
    asked[1]?.answer({ body: Buffer.from([0xff, 0x00, 0x80]) });
    const bodies = workload.report().kept.map(({ kept }) => kept.responseBody);
    expect(bodies[0]).toMatchObject({ bytes: 100_000, whole: false, binary: false });
    expect(Buffer.byteLength(bodies[0]?.text ?? '')).toBeLessThanOrEqual(65_536);
    expect(bodies[0]?.text.endsWith('ä')).toBe(true);
    expect(bodies[1]).toEqual({ text: '/wCA', bytes: 3, whole: true, binary: true });
    workload.end();
  });

  it('are at most four failed ones a second, and the slowest', () => {
    const step = getStep('/', { onFailure: 'continue' });
    const { workload, asked, at } = rig(planOf([httpUsers({ url, steps: [step] })]));
    for (let i = 0; i < 40; i++) {
      at(i * 10);
      asked[i]?.answer({
        sentAt: i * 10,
        endedAt: i * 10 + (i === 30 ? 500 : 1),
        status: i % 2 === 0 ? 500 : 200,
      });
    }
    const { kept, records: all } = records(workload);
    expect(all).toHaveLength(40);
    expect(kept.filter((one) => one.kept.why === 'failed')).toHaveLength(4);
    const slow = kept.filter((one) => one.kept.why === 'slowest');
    expect(slow.length).toBeLessThanOrEqual(20);
    expect(slow.map(({ row }) => row)).toContain(30);
    workload.end();
  });
});

describe('what goes on when everything is cut off', () => {
  it('is counted as cut, with its iteration', () => {
    const { workload, asked } = rig(planOf([httpUsers({ url, steps: [getStep('/')] })]));
    expect(asked).toHaveLength(1);
    workload.end();
    const { records: all, iterations, busy } = records(workload);
    expect(all).toMatchObject([{ outcome: 'cut', error: null, request: null }]);
    expect([...(iterations?.ok ?? [])]).toEqual([2]);
    expect([busy, workload.users]).toEqual([0, 0]);
  });
});

describe('a request', () => {
  it('that this thread was late for by more than 200 ms says nothing of the target', () => {
    const { workload, asked, at } = rig(planOf([httpUsers({ url, steps: [getStep('/')] })]));
    at(50);
    asked[0]?.answer({ endedAt: 3 });
    at(400);
    asked[1]?.answer({ sentAt: 51, endedAt: 60 });
    asked[2]?.answer({ sentAt: 401, endedAt: 405 });
    expect(records(workload).records.map(({ excluded, intendedAt, queue }) => [excluded, intendedAt, queue])).toEqual([
      [null, 0, 1], [null, 3, 48], ['generator', 60, 341],
    ]); // prettier-ignore
    workload.end();
  });

  it('goes to the target with the headers of the environment, and elsewhere without them', () => {
    const steps = [getStep('/a'), getStep('http://127.0.0.1:2/b'), getStep('${next}')];
    const users = httpUsers({ url: `${url}/base?v=1`, steps, journey: { variables: { next: `${url}/c` } } });
    users.target.headers = { 'X-Key': 'k${n}' };
    const { workload, asked } = rig(planOf([users]));
    for (let i = 0; i < 3; i++) asked[i]?.answer();
    expect(asked.slice(0, 3).map(({ request }) => [request.url, request.headers])).toEqual([
      [`${url}/base/a?v=1`, { 'x-key': 'k${n}' }],
      ['http://127.0.0.1:2/b', {}],
      [`${url}/c`, { 'x-key': 'k${n}' }],
    ]);
    workload.end();
  });
});

describe('a remote procedure call', () => {
  const outcome: RpcOutcome = {
    sentAt: 1, firstMessageAt: 5, endedAt: 9, status: 0, details: '', message: { text: 'hello', token: 'x' },
    responses: 3, metadata: { 'x-id': '7' }, bytesSent: 10, bytesReceived: 20, audioEndedAt: 4, firstAudioAt: 6,
    audioBytes: 5, tokens: { firstAt: 5, lastAt: 7, count: 5 }, messages: [], failure: null,
  }; // prettier-ignore
  const rpcPlan = (checks: Parameters<typeof getStep>[1]) => {
    const users = httpUsers({ url: 'grpc://127.0.0.1:1', journey: { variables: { n: 3 } } });
    const step = getStep('', {
      http: null,
      rpc: {
        rpc: 'p.S/M', message: { count: '${n}' }, messages: [], messageIntervalMs: 0, audio: null, firstAudio: 'audio',
        token: 'token', metadata: { 'x-n': 'n${n}' },
      },
      ...checks,
    }); // prettier-ignore
    users.journey.tasks[0]?.groups[0]?.steps.push(step);
    const grpc = { descriptors: new Uint8Array(), metadata: { 'x-all': 'a' }, channels: 'own' as const };
    return planOf([{ ...users, kind: 'grpc', http: null, grpc }]);
  };

  it('is filled in, timed and taken from', () => {
    const { workload, calls } = rig(
      rpcPlan({ extract: { text: { json: '$.text' } }, checks: [{ header: 'x-id', equals: '7' }] }),
    );
    expect(calls[0]?.request).toMatchObject({
      rpc: 'p.S/M', messages: [{ count: 3 }], metadata: { 'x-all': 'a', 'x-n': 'n3' }, deadlineMs: 10_000,
    }); // prettier-ignore
    calls[0]?.done(outcome);
    expect(records(workload).records[0]).toMatchObject({
      outcome: 'ok', status: 0, request: 9, request_uncorrected: 8, queue: 1, first_byte: 4, first_token: 4,
      tokens_per_second: 2000, first_audio: 5, final_result: 5, checksPassed: 1, checksFailed: 0,
    }); // prettier-ignore
    workload.end();
  });

  it.each([
    [5, [], 'failed', 'grpc_NOT_FOUND'],
    [5, [{ grpc_status: 'NOT_FOUND' }], 'ok', null],
    [0, [{ grpc_status: ['NOT_FOUND'] }], 'failed', 'check'],
    [4, [], 'timeout', 'grpc_DEADLINE_EXCEEDED'],
    [14, [], 'failed', 'grpc_UNAVAILABLE'],
  ])('with status %i and checks %j is %s', (status, checks, expected, error) => {
    const { workload, calls } = rig(rpcPlan({ checks }));
    calls[0]?.done({ ...outcome, status, failure: { kind: 'status', message: 'it says so' } });
    expect(records(workload).records[0]).toMatchObject({ outcome: expected, error, status });
    workload.end();
  });
});

describe('masking', () => {
  it('finds secrets as they stand in JSON, URLs and forms', () => {
    const masking = new Masking(['pa"ss word', 'abc']);
    expect(masking.text('x=pa%22ss%20word {"a":"pa\\"ss word"} abcd')).toBe('x=*** {"a":"***"} abcd');
    expect(masking.body('password=1&q=2', 'application/x-www-form-urlencoded', false)).toBe(
      'password=***&q=2',
    );
    expect(masking.body('{"token":"Hello"}', 'application/json', true)).toBe('{"token":"Hello"}');
    expect(masking.body('{"token":"Hello","text":"cut of', 'application/json', false)).toBe(
      '{"token":"***","text":"cut of',
    );
    expect(masking.body('{"access_token":"cut of', 'application/json', false)).toBe('{"access_token":"***');
    expect(masking.url('http://u:p@h/?code=1&q=2')).toBe('http://***@h/?code=***&q=2');
  });
});
