import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { PracticeConfigInput } from '#contract/practice';
import { startServices, type TestedServices } from '../testing.ts';

async function start(settings?: PracticeConfigInput['services']): Promise<TestedServices> {
  const services = await startServices(settings);
  onTestFinished(() => services.close());
  return services;
}

interface Answer {
  status: number;
  text: string;
  json: Record<string, unknown>;
}

async function ask(
  { http }: TestedServices,
  path: string,
  { body, token, id }: { body?: unknown; token?: string; id?: string } = {},
): Promise<Answer> {
  const response = await fetch(http + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(id === undefined ? {} : { 'x-crosstalk-request': id }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Not every answer is JSON.
  }
  return { status: response.status, text, json: json as Record<string, unknown> };
}

const account = { username: 'alice', password: 'secret' };

async function logIn(services: TestedServices): Promise<{ token: string; session: string }> {
  await ask(services, '/api/auth/register', { body: account });
  const { json } = await ask(services, '/api/auth/login-json', { body: account });
  const token = String(json.access_token);
  const opened = await ask(services, '/api/sessions', { body: {}, token });
  return { token, session: String(opened.json.id) };
}

test('clients are listed, searched whatever the accents, and verified', async () => {
  const services = await start();
  const all = await ask(services, '/api/v1/clients/');
  expect([all.status, (JSON.parse(all.text) as unknown[]).length]).toEqual([200, 60]);
  const found = await ask(services, '/api/v1/clients/search?q=esperanza%20benitez');
  expect(JSON.parse(found.text)).toMatchObject([{ id: 7, name: 'Esperanza Benítez' }]);
  expect((await ask(services, '/api/v1/internet-plans/')).status).toBe(200);
  const verify = async (id: number, price: unknown) =>
    ask(services, `/api/v1/clients/${id}/verify`, {
      body: { address: 'BELLAVISTA', internet_plan_price: price },
    });
  expect((await verify(7, 40_000)).json).toMatchObject({ client_id: 7, verified: true });
  expect((await verify(7, 41_000)).json).toMatchObject({ verified: false });
  expect((await verify(7000, 1)).status).toBe(404);
  expect((await verify(7, 'much')).status).toBe(422);
});

test('the first who asks waits for the cache to be filled, the next does not', async () => {
  const services = await start();
  await ask(services, '/api/v1/clients/');
  await ask(services, '/api/v1/clients/');
  const [cold, warm] = services.requests.map(
    ({ arrivedNs, firstByteNs }) => Number(BigInt(firstByteNs ?? 0) - BigInt(arrivedNs)) / 1e6,
  );
  expect(cold).toBeGreaterThanOrEqual(20);
  expect(warm).toBeLessThan(cold ?? 0);
});

test('an account is made once, logs in with its password only, and its token opens its own sessions', async () => {
  const services = await start();
  expect((await ask(services, '/api/health')).json).toEqual({ status: 'ok', app_env: 'test' });
  expect((await ask(services, '/api/auth/login-json', { body: account })).status).toBe(401);
  expect((await ask(services, '/api/auth/register', { body: account })).status).toBe(201);
  expect((await ask(services, '/api/auth/register', { body: account })).status).toBe(409);
  const wrong = { ...account, password: 'other' };
  expect((await ask(services, '/api/auth/login-json', { body: wrong })).status).toBe(401);
  expect((await ask(services, '/api/auth/login-json', { body: {} })).status).toBe(422);
  expect((await ask(services, '/api/auth/login-json', { body: 'no JSON' })).status).toBe(400);
  const { token, session } = await logIn(services);
  expect((await ask(services, '/api/sessions', { body: {} })).status).toBe(401);
  expect((await ask(services, '/api/sessions', { body: {}, token: 'forged' })).status).toBe(401);
  expect((await ask(services, `/api/sessions/${session}`, { token })).json).toMatchObject({
    id: session,
    messages: [],
  });
  const bob = { username: 'bob', password: 'x' };
  await ask(services, '/api/auth/register', { body: bob });
  const other = String((await ask(services, '/api/auth/login-json', { body: bob })).json.access_token);
  expect((await ask(services, `/api/sessions/${session}`, { token: other })).status).toBe(404);
});

test('chat answers at once or token by token, and the session keeps what was said', async () => {
  const services = await start();
  const { token, session } = await logIn(services);
  const message = { session_id: session, message: 'Hello' };
  const whole = await ask(services, '/api/chat', { body: message, token });
  expect(whole.json).toMatchObject({ session_id: session, tokens: 6 });
  const streamed = await ask(services, '/api/chat/stream', { body: message, token, id: 'mine' });
  const events = streamed.text.split('\n\n').filter(Boolean);
  expect(events).toHaveLength(7);
  expect(events.at(-1)).toBe('data: [DONE]');
  const said = events
    .slice(0, 6)
    .map((event) => (JSON.parse(event.replace('data: ', '')) as { token: string }).token)
    .join('');
  const { json } = await ask(services, `/api/sessions/${session}`, { token });
  expect(json.messages).toEqual([
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: whole.json.answer },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: said },
  ]);
  expect((await ask(services, '/api/chat', { body: message })).status).toBe(401);
  const nowhere = await ask(services, '/api/chat', { body: { ...message, session_id: 'x' }, token });
  expect(nowhere.status).toBe(404);
  const truth = services.requests.find(({ id }) => id === 'mine');
  expect(truth).toMatchObject({ method: 'POST', path: '/api/chat/stream', status: 200, fault: null });
  const { arrivedNs, receivedNs, firstByteNs, firstTokenNs, lastTokenNs, endNs } = truth ?? {};
  const stamps = [arrivedNs, receivedNs, firstByteNs, firstTokenNs, lastTokenNs, endNs].map((ns) =>
    BigInt(ns ?? -1),
  );
  expect(stamps).toEqual([...stamps].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  expect(stamps[0]).toBeGreaterThan(0n);
});

test('other paths and methods are told apart', async () => {
  const services = await start();
  expect((await ask(services, '/api/auth/nothing')).status).toBe(404);
  expect((await ask(services, '/api/chat')).status).toBe(405);
  expect((await ask(services, '/elsewhere')).status).toBe(426);
  expect((await fetch(`${services.http}/api/health`, { method: 'HEAD' })).status).toBe(200);
});

test.each([429, 500, 503] as const)('an error on purpose has the status %d', async (status) => {
  const services = await start({ faults: { error: 1, error_status: status } });
  const answer = await fetch(`${services.http}/api/v1/clients/`);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('retry-after')).toBe(status === 500 ? null : '1');
  await answer.text();
  expect(services.requests).toMatchObject([{ status, fault: 'error' }]);
});

test('answers that are no JSON, and ones that break off in their middle', async () => {
  const garbage = await start({ faults: { garbage: 1 } });
  const answer = await ask(garbage, '/api/v1/clients/');
  expect([answer.status, answer.json]).toEqual([200, null]);
  expect(garbage.requests).toMatchObject([{ status: 200, fault: 'garbage' }]);

  const reset = await start({ faults: { reset: 1 } });
  const response = await fetch(`${reset.http}/api/v1/clients/`);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  await vi.waitFor(() => expect(reset.requests).toMatchObject([{ status: null, fault: 'reset' }]));
});

test('one request too many is refused, those before it are answered', async () => {
  const services = await start({ faults: { capacity: 2, slow: 1, slow_by: '200ms' } });
  const statuses = await Promise.all(
    ['a', 'b', 'c'].map(async () => (await ask(services, '/api/health')).status),
  );
  expect(statuses.sort()).toEqual([200, 200, 503]);
  expect(services.requests.map(({ fault }) => fault).sort()).toEqual(['capacity', 'slow', 'slow']);
});

test('nothing is answered while the services stand still', async () => {
  const services = await start({ faults: { stall_for: '300ms', stall_every: '50ms' } });
  await ask(services, '/api/health');
  await vi.waitFor(async () => {
    await ask(services, '/api/health');
    expect(services.requests.at(-1)?.fault).toBe('stall');
  });
});

test('a body of more than a megabyte is refused, and a client that is gone is noted', async () => {
  const services = await start({ first_token: { kind: 'fixed', value: '60s' } });
  const { token, session } = await logIn(services);
  const huge = await ask(services, '/api/auth/register', { body: 'x'.repeat(1_100_000) }).catch(() => null);
  expect(huge?.status ?? 413).toBe(413);
  expect(services.requests.at(-1)).toMatchObject({ status: 413 });
  const { port } = new URL(services.http);
  const socket = connect(Number(port), '127.0.0.1');
  const body = JSON.stringify({ session_id: session, message: 'Hello' });
  socket.write(
    `POST /api/chat/stream HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, 'data');
  socket.destroy();
  await vi.waitFor(() =>
    expect(services.requests.at(-1)).toMatchObject({ path: '/api/chat/stream', status: null, endNs: null }),
  );
});
