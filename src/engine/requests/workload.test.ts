import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/fixtures/eventually.ts';
import type { RunPlan } from '../plan.ts';
import { getStep, groupOf, httpUsers, planOf, stageOf } from './testing/plans.ts';
import { Rehearsal } from './testing/rehearsal.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void;

async function serve(handle: Handler): Promise<{ url: string; server: Server; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(`${request.method} ${request.url}`);
      handle(Object.assign(request, { body: Buffer.concat(chunks).toString() }), response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, seen };
}

function rehearse(plan: RunPlan): Rehearsal {
  const rehearsal = new Rehearsal(plan);
  ends.push(() => rehearsal.close());
  return rehearsal;
}

const each = (iterations: number, users = 1) =>
  ({
    kind: 'iterations',
    users,
    iterations,
    shared: false,
    maxDurationMs: 20_000,
    gracefulStopMs: 5000,
  }) as const;

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

describe('users that make requests', () => {
  it('log in with their own row, take a token, and use it in every iteration', async () => {
    const { url, seen } = await serve((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/login') {
        const { username } = JSON.parse(request.body) as { username: string };
        response.end(JSON.stringify({ access_token: `token-of-${username}` }));
      } else if (request.headers.authorization?.startsWith('Bearer token-of-') === true)
        response.end(JSON.stringify({ who: request.headers.authorization.slice('Bearer token-of-'.length) }));
      else response.writeHead(401).end('{}');
    });
    const login = getStep('/login', {
      request: { method: 'POST', body: { kind: 'json', value: { username: '${user.name}' } } },
      extract: { token: { json: '$.access_token' }, plan: { json: '$.plan', default: null } },
    });
    const me = getStep('/me?user=${user.name}', {
      request: { headers: { Authorization: 'Bearer ${token}' } },
      checks: [{ status: 200 }, { json: '$.who', equals: 'ann' }],
    });
    const rows = [{ name: 'ann' }, { name: 'bob' }];
    const users = httpUsers({
      url,
      steps: [me],
      journey: { onStart: [groupOf([login])], feeds: [{ name: 'user', rows, order: 'per_user' }] },
    });
    const run = rehearse(planOf([users], { profile: each(3, 2) }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(seen.filter((one) => one === 'POST /login')).toHaveLength(2);
    expect(seen.filter((one) => one === 'GET /me?user=ann')).toHaveLength(3);
    expect(seen.filter((one) => one === 'GET /me?user=bob')).toHaveLength(3);
    expect(run.checks).toEqual([
      { step: 1, check: 0, passed: 6, failed: 0 },
      { step: 1, check: 1, passed: 3, failed: 3 },
    ]);
    expect(run.iterations.map(([, , ok]) => ok).toSorted()).toEqual([0, 0, 0, 1, 1, 1]);
    const failed = run.records.find(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject({
      status: 200,
      error: 'check',
      checksPassed: 1,
      checksFailed: 1,
      excluded: null,
    });
    expect(run.kept.find(({ kept }) => kept.why === 'failed')?.kept.message).toContain('was bob');
    expect(JSON.stringify(run.kept)).not.toContain('token-of-');
  });

  it('do tasks by weight', async () => {
    const { url, seen } = await serve((_, response) => response.end());
    const tasks = [
      { name: 'often', weight: 9, groups: [groupOf([getStep('/often')])] },
      { name: 'seldom', weight: 1, groups: [groupOf([getStep('/seldom')])] },
    ];
    const run = rehearse(planOf([httpUsers({ url, journey: { tasks } })], { profile: each(200, 2) }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    const often = seen.filter((one) => one === 'GET /often').length;
    expect(seen).toHaveLength(400);
    expect(often).toBeGreaterThan(320);
    expect(often).toBeLessThan(390);
  });

  it('share iterations, all of them and no more', async () => {
    const { url, seen } = await serve((_, response) => response.end());
    const profile = { ...each(57, 8), shared: true };
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')] })], { profile }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    expect(seen).toHaveLength(57);
  });

  it('that arrive at a rate wait while the server stalls, and that counts', async () => {
    let stalled: (() => void)[] | null = null;
    let served = 0;
    const { url } = await serve((_, response) => {
      if (++served === 30) {
        stalled = [];
        setTimeout(() => {
          const waiting = stalled ?? [];
          stalled = null;
          for (const answer of waiting) answer();
        }, 600);
      }
      if (stalled === null) response.end();
      else stalled.push(() => response.end());
    });
    const profile = {
      kind: 'arrivals', startRate: 100, stages: [{ target: 100, durationMs: 1500 }], maxUsers: 2, gracefulStopMs: 5000,
    } as const; // prettier-ignore
    const run = rehearse(
      planOf([httpUsers({ url, steps: [getStep('/')] })], {
        profile: { ...profile, stages: [...profile.stages] },
      }),
    );
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    const counted = run.records.filter(({ excluded }) => excluded === null);
    const stalledFor = 400;
    // Two places: only two requests saw the stall themselves, but everyone who was to come meanwhile waited for it.
    expect(
      counted.filter(({ request_uncorrected }) => (request_uncorrected ?? 0) > stalledFor).length,
    ).toBeLessThanOrEqual(2);
    expect(counted.filter(({ request }) => (request ?? 0) > 200).length).toBeGreaterThan(20);
    expect(
      percentile(
        counted.map(({ request }) => request ?? 0),
        0.95,
      ),
    ).toBeGreaterThan(stalledFor);
    expect(loads.arrivals()).toMatchObject({ asked: 150, started: 150, dropped: 0 });
    expect(new Set(run.records.map(({ vu }) => vu)).size).toBeLessThanOrEqual(2);
  });

  it('that arrive and never have a place are dropped when the load ends, and counted', async () => {
    const { url } = await serve(() => undefined);
    const profile = {
      kind: 'arrivals' as const, startRate: 50, stages: [{ target: 50, durationMs: 400 }], maxUsers: 3, gracefulStopMs: 100,
    }; // prettier-ignore
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')] })], { profile }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    await eventually(() => {
      run.report();
      expect(run.records.map(({ outcome }) => outcome)).toEqual(['cut', 'cut', 'cut']);
    });
    expect(loads.arrivals()).toMatchObject({ asked: 20, started: 3, dropped: 17 });
    expect(run.iterations.map(([, , ok]) => ok)).toEqual([2, 2, 2]);
  });

  it('back off from a server that dies in the middle, and every request is accounted for', async () => {
    const { url, server, seen } = await serve((_, response) => {
      response.end();
      if (seen.length === 50) {
        server.close();
        setImmediate(() => server.closeAllConnections());
      }
    });
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')] })], { profile: each(60) }));
    const loads = await run.begin();
    await eventually(() => {
      run.report();
      expect(run.records.filter(({ error }) => error === 'refused').length).toBeGreaterThan(1);
    });
    loads.end(run.clock.now());
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(run.records.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThanOrEqual(49);
    const refused = run.records.filter(({ error }) => error === 'refused');
    expect(refused.length).toBeLessThan(9);
    const [first, second] = refused;
    expect((second?.intendedAt ?? 0) - (first?.intendedAt ?? 0)).toBeGreaterThanOrEqual(500);
    expect(first).toMatchObject({ sentAt: null, status: null, outcome: 'failed', request_uncorrected: null });
  });

  it('that cannot start have spent an iteration on it, and try again later', async () => {
    const { url, seen } = await serve((_, response) => response.writeHead(401).end());
    const journey = { onStart: [groupOf([getStep('/login')])], onStop: [groupOf([getStep('/bye')])] };
    const users = httpUsers({ url, steps: [getStep('/never')], journey });
    const run = rehearse(planOf([users], { profile: each(2) }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(seen).toEqual(['GET /login', 'GET /login']);
    expect(run.iterations.map(([, , ok]) => ok)).toEqual([0, 0]);
    const [first, second] = run.records;
    expect((second?.intendedAt ?? 0) - (first?.intendedAt ?? 0)).toBeGreaterThanOrEqual(500);
    expect(first).toMatchObject({ iteration: 0, error: 'http_401' });
  });

  it('make a request again where they may, and it counts once', async () => {
    let count = 0;
    const { url } = await serve((_, response) => response.writeHead(++count < 3 ? 503 : 200).end());
    const step = getStep('/', { retries: { attempts: 2, backoff: 20, on: [503] } });
    const run = rehearse(planOf([httpUsers({ url, steps: [step] })], { profile: each(1) }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(run.records).toHaveLength(1);
    expect(run.records[0]).toMatchObject({ outcome: 'ok', status: 200, retries: 2 });
    expect(run.records[0]?.request_uncorrected ?? 0).toBeGreaterThanOrEqual(60);
  });

  it('fail a request whose variable has no value, with a sentence, and go on where the step says so', async () => {
    const { url, seen } = await serve((_, response) => response.end());
    const steps = [getStep('/clients/${client.id}', { onFailure: 'continue' }), getStep('/after')];
    const run = rehearse(planOf([httpUsers({ url, steps })], { profile: each(2) }));
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    run.report();
    expect(seen).toEqual(['GET /after', 'GET /after']);
    expect(run.records.map(({ error, outcome }) => [error, outcome])).toEqual([
      ['variable_unset', 'failed'], [null, 'ok'], ['variable_unset', 'failed'], [null, 'ok'],
    ]); // prettier-ignore
    expect(run.kept[0]?.kept.message).toContain('${client.id} has no value');
  });

  it('that arrivals bring are there as long as they have a place', async () => {
    const held: ServerResponse[] = [];
    const { url } = await serve((request, response) => {
      if (request.url === '/bye') held.push(response);
      else response.end();
    });
    const journey = { onStop: [groupOf([getStep('/bye')])] };
    const profile = {
      kind: 'arrivals' as const, startRate: 50, stages: [{ target: 50, durationMs: 200 }], maxUsers: 3, gracefulStopMs: 5000,
    }; // prettier-ignore
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')], journey })], { profile }));
    const loads = await run.begin();
    await eventually(() => expect(held.length).toBeGreaterThan(0));
    run.report();
    expect([run.active, loads.asked]).toEqual([0, 0]);
    held.forEach((response) => response.end());
  });

  it('let their iteration end when the load does, and do what they do when they leave', async () => {
    const held: ServerResponse[] = [];
    const { url, seen } = await serve((request, response) => {
      if (request.url === '/slow') held.push(response);
      else response.end();
    });
    const journey = { onStop: [groupOf([getStep('/bye')])] };
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/slow')], journey })]));
    const loads = await run.begin();
    await eventually(() => expect(held).toHaveLength(1));
    loads.end(run.clock.now());
    expect(loads.state).toBe('ending');
    held[0]?.end();
    await eventually(() => {
      loads.follow(run.clock.now());
      expect(loads.state).toBe('over');
    });
    run.report();
    expect(seen).toEqual(['GET /slow', 'GET /bye']);
    expect(run.records.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  it('keep cookies, each its own', async () => {
    const cookies: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      cookies.push(request.headers.cookie);
      if (request.url === '/login') response.setHeader('set-cookie', 'sid=s1; Path=/');
      response.end();
    });
    const run = rehearse(
      planOf([httpUsers({ url, steps: [getStep('/login'), getStep('/page')] })], { profile: each(1, 2) }),
    );
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    expect(cookies.toSorted()).toEqual(['sid=s1', 'sid=s1', undefined, undefined]);
  });
});

describe('set-up', () => {
  const rows = [{ name: 'ann' }, { name: 'bob' }, { name: 'cyd' }];
  const feeds = [{ name: 'user', rows, order: 'sequential' as const }];

  it('goes through the rows of a feed; what it takes from responses is a variable of every user', async () => {
    const { url, seen } = await serve((_, response) => response.end('{"tenant":"t1"}'));
    const steps = [getStep('/register?name=${user.name}', { extract: { tenant: { json: '$.tenant' } } })];
    const users = httpUsers({ url, steps: [getStep('/of/${tenant}')] });
    const stage = stageOf(httpUsers({ url, steps, journey: { feeds } }), {
      name: 'accounts',
      forEach: 'user',
      parallel: 2,
    });
    const run = rehearse(planOf([users], { stages: [stage], profile: each(1) }));
    await run.stage(0);
    await eventually(() => expect(run.stages).toHaveLength(1));
    expect(run.stages[0]?.result).toMatchObject({
      stage: 'setup',
      name: 'accounts',
      requests: 3,
      failed: 0,
      problem: null,
    });
    expect(seen.toSorted()).toEqual(['ann', 'bob', 'cyd'].map((name) => `GET /register?name=${name}`));
    expect(run.stages[0]?.variables).toEqual({ tenant: 't1' });
    run.setVariables(run.stages[0]?.variables ?? {});
    const loads = await run.begin();
    await eventually(() => expect(loads.state).toBe('over'));
    expect(seen.at(-1)).toBe('GET /of/t1');
  });

  it('that is stopped lets open requests end; nobody waits for a pause or to try again', async () => {
    const open: ServerResponse[] = [];
    const { url, seen } = await serve((request, response) => {
      if (request.url === '/r?ann' || request.url === '/after') response.end();
      else if (request.url === '/r?bob') response.writeHead(503).end();
      else open.push(response);
    });
    const minute = { from: 60_000, to: 60_000 };
    const step = getStep('/r?${user.name}', {
      pauseAfter: minute,
      retries: { attempts: 3, backoff: 60_000, on: [503] },
    });
    const users = httpUsers({ url, steps: [step, getStep('/more')], journey: { feeds } });
    const stage = stageOf(users, { name: 'accounts', forEach: 'user', parallel: 3 });
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')] })], { stages: [stage] }));
    await run.stage(0);
    await eventually(() => expect(seen).toHaveLength(3));
    // Whoever is answered later than they were: their answers have been read.
    await (await fetch(`${url}/after`)).text();
    run.stopStage();
    open[0]?.end();
    await eventually(() => expect(run.stages).toHaveLength(1));
    expect(seen.toSorted()).toEqual(['GET /after', 'GET /r?ann', 'GET /r?bob', 'GET /r?cyd']);
    expect(run.stages[0]?.result).toMatchObject({ requests: 3, failed: 0, problem: null });
    expect(run.records.map(({ outcome }) => outcome).toSorted()).toEqual(['cut', 'ok', 'ok']);
  });

  it('that fails says at which step, for which row and what the answer was', async () => {
    const { url, seen } = await serve((request, response) =>
      response.writeHead(request.url === '/r?bob' ? 500 : 201).end(),
    );
    const steps = [getStep('/r?${user.name}', { name: 'register' })];
    const stage = stageOf(httpUsers({ url, steps, journey: { feeds } }), {
      name: 'accounts',
      forEach: 'user',
      parallel: 1,
    });
    const run = rehearse(planOf([httpUsers({ url, steps: [getStep('/')] })], { stages: [stage] }));
    await run.stage(0);
    await eventually(() => expect(run.stages).toHaveLength(1));
    expect(run.stages[0]?.result).toMatchObject({ requests: 2, failed: 1 });
    expect(run.stages[0]?.result.problem).toBe(
      'Set-up "accounts": the step "register" failed for row 2 of 3. The answer was 500.',
    );
    expect(seen).toHaveLength(2);
  });
});
