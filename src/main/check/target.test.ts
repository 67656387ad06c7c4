import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { CheckCancelled, failed, passed } from './steps.ts';
import { check, fact, Loopback, target } from './testing.ts';

const loopback = new Loopback();
const listen = loopback.listen.bind(loopback);
afterEach(() => loopback.close());

describe('checkTarget', () => {
  it.each([
    ['http://127.0.0.1/x', 'ws://'],
    ['hello', 'wss://host/path'],
    ['ws://', 'wss://host/path'],
  ])('explains that %s is not an address', async (url, hint) => {
    const steps = await check(target(url));
    expect(steps.url?.status).toBe('failed');
    expect(steps.url?.advice).toContain(hint);
    expect(steps.tcp?.status).toBe('skipped');
  });

  it('explains a name that does not exist', async () => {
    const steps = await check(target('ws://no-such-host.invalid/x'));
    expect(steps.dns?.status).toBe('failed');
    expect(steps.dns?.advice).not.toBe('');
    expect(steps.tcp).toMatchObject({ status: 'skipped', detail: 'not reached' });
  });

  it('explains a port nothing listens on', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const steps = await check(target(`ws://127.0.0.1:${port}/x`));
    expect(steps.tcp?.status).toBe('failed');
    expect(steps.tcp?.detail).toContain('ECONNREFUSED');
    expect(steps.tcp?.advice).toContain(`Nothing listens on port ${port}`);
  });

  it.each([
    [404, 'nothing at this path'],
    [401, 'who is calling'],
    [403, 'refuses it'],
    [502, 'could not reach the agent'],
    [503, 'not available'],
    [200, 'like a web page'],
    [302, 'redirects'],
  ])('explains HTTP %i in place of an upgrade', async (status, words) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { location: 'wss://elsewhere/' }).end('<h1>nope</h1>');
    });
    server.on('upgrade', (_request, socket) => {
      socket.end(
        `HTTP/1.1 ${status} X\r\nLocation: wss://elsewhere/?token=abc\r\nContent-Length: 13\r\n\r\n<h1>nope</h1>`,
      );
    });
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`));
    expect(steps.tcp?.status).toBe('ok');
    expect(steps.tls?.detail).toBe('not used by ws://');
    expect(steps.upgrade?.status).toBe('failed');
    expect(steps.upgrade?.detail).toContain(`HTTP ${status}`);
    expect(steps.upgrade?.detail).toContain('“nope”');
    expect(fact(steps.upgrade, 'answer')).toBe(`HTTP ${status} X`);
    expect(fact(steps.upgrade, 'location')).toBe('wss://elsewhere/?token=***');
    expect(steps.upgrade?.advice).toContain(words);
    expect(steps.session?.status).toBe('skipped');
  });

  it('explains a server that never answers', async () => {
    const steps = await check(target(`ws://127.0.0.1:${await listen(createTcpServer())}/x`), {
      timeoutMs: 300,
    });
    expect(steps.upgrade?.status).toBe('failed');
    expect(steps.upgrade?.advice).toContain('never answered the upgrade');
  });

  it('explains something that is not HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`));
    expect(steps.upgrade?.status).toBe('failed');
    expect(steps.upgrade?.advice).toContain('does not speak HTTP');
  });

  it('passes an agent that takes the session, with our headers and call id', async () => {
    const seen: Record<string, unknown> = {};
    const server = createServer();
    const agents = new WebSocketServer({ server });
    agents.on('connection', (socket, request) => {
      seen.key = request.headers['x-key'];
      seen.call = request.headers['x-ms-call-connection-id'];
      socket.on('message', (data: Buffer) => {
        seen.first = JSON.parse(data.toString('utf8'));
        socket.send('{"type":"status","sender":"System","message":"ready"}');
      });
    });
    const steps = await check(
      target(`ws://127.0.0.1:${await listen(server)}/x`, { headers: { 'x-key': 'abc' } }),
    );
    expect(Object.values(steps).every((step) => step.status !== 'failed')).toBe(true);
    expect(steps.session?.detail).toContain('status');
    expect(seen).toMatchObject({ key: 'abc', first: { kind: 'AudioMetadata' } });
    expect(seen.call).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('explains an agent that hangs up on the set-up', async () => {
    const server = createServer();
    const agents = new WebSocketServer({ server });
    agents.on('connection', (socket) => socket.on('message', () => socket.close(1008, 'unknown caller')));
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`));
    expect(steps.upgrade?.status).toBe('ok');
    expect(steps.session?.status).toBe('failed');
    expect(steps.session?.detail).toBe('closed with 1008 “unknown caller”');
    expect(steps.session?.advice).toContain('token or call id');
  });

  it('shows the headers of both sides without what is secret', async () => {
    const server = createServer();
    const agents = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false });
    agents.on('headers', (headers) =>
      headers.push('Server: loopback', 'Set-Cookie: id=secret', 'X-Api-Key: secret'),
    );
    const steps = await check(
      target(`ws://127.0.0.1:${await listen(server)}/x`, {
        headers: { Authorization: 'Bearer abc', 'X-Tenant': 'blue' },
        subprotocol: 'voice.v2',
      }),
    );
    expect(steps.upgrade).toMatchObject({ status: 'ok', detail: 'HTTP 101, subprotocol voice.v2' });
    expect(fact(steps.upgrade, 'headers sent')).toContain('Authorization, X-Tenant');
    expect(fact(steps.upgrade, 'subprotocols offered')).toBe('voice.v2');
    expect(fact(steps.upgrade, 'server')).toBe('loopback');
    expect(JSON.stringify(steps)).not.toContain('secret');
    expect(JSON.stringify(steps)).not.toContain('abc');
  });

  it('explains a subprotocol that is not spoken', async () => {
    const server = createServer();
    new WebSocketServer({ server, handleProtocols: () => false });
    const steps = await check(
      target(`ws://127.0.0.1:${await listen(server)}/x`, { subprotocol: 'voice.v2' }),
    );
    expect(steps.upgrade?.status).toBe('failed');
    expect(steps.upgrade?.advice).toContain('offered: voice.v2');
  });

  it('names every address, and tries the next when one does not answer', async () => {
    const server = createServer();
    new WebSocketServer({ server });
    const steps = await check(target(`ws://localhost:${await listen(server)}/x`));
    expect(steps.dns?.detail).toContain('127.0.0.1');
    expect(steps.dns?.facts).toContainEqual({ name: 'IPv4', value: '127.0.0.1' });
    expect(steps.tcp?.status).toBe('ok');
    expect(fact(steps.tcp, '127.0.0.1')).toContain('connected');
  });

  it('asks the guard, and places no call where it says no', async () => {
    let calls = 0;
    const server = createServer();
    const agents = new WebSocketServer({ server });
    agents.on('connection', () => calls++);
    const aim = target(`ws://127.0.0.1:${await listen(server)}/x`);
    const no = await check(aim, { health: () => Promise.resolve(failed('app_env: live', 'Not here.')) });
    expect(no.health).toMatchObject({ status: 'failed', detail: 'app_env: live' });
    expect(no.upgrade?.status).toBe('skipped');
    expect(calls).toBe(0);
    const yes = await check(aim, { health: () => Promise.resolve({ ...passed('app_env: test'), ms: 12 }) });
    expect(yes.health).toMatchObject({ status: 'ok', ms: 12 });
    expect(calls).toBe(1);
  });

  it('dials again after the guard, while which a server may hang up', async () => {
    const server = createServer();
    new WebSocketServer({ server });
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`), {
      health: async () => {
        await loopback.hangUp();
        return passed('slow');
      },
    });
    expect(steps.session?.status).toBe('ok');
  });

  it('remarks on the credentials it carries', async () => {
    const server = createServer((_, response) => response.writeHead(401).end());
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n'));
    const credentials = 'The token of target default, auth expired 2 hours ago.';
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`), { credentials });
    expect(steps.upgrade?.advice).toMatch(/who is calling.* expired 2 hours ago/);
  });

  it.each(['tls', 'health', 'upgrade', 'session'])('is given up in the middle of %s', async (where) => {
    const server = createServer();
    const agents = new WebSocketServer({ noServer: true });
    const cancel = new AbortController();
    const held = createTcpServer();
    server.on('upgrade', (request, socket, head) => {
      if (where === 'upgrade') return cancel.abort();
      agents.handleUpgrade(request, socket, head, (agent) => agent.on('message', () => cancel.abort()));
    });
    const port = where === 'tls' ? await listen(held) : await listen(server);
    if (where === 'tls') held.on('connection', () => cancel.abort());
    const url = where === 'tls' ? `wss://127.0.0.1:${port}/x` : `ws://127.0.0.1:${port}/x`;
    const never = () => {
      if (where !== 'health') return Promise.resolve(passed('fine'));
      cancel.abort();
      return new Promise<never>(() => undefined);
    };
    const checking = check(target(url), { signal: cancel.signal, health: never, timeoutMs: 60_000 });
    await expect(checking).rejects.toThrow(CheckCancelled);
  });
});
