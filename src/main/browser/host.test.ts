import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as netConnect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ok } from '#contract/errors';
import { testHandlers } from '../../../test/fixtures/handlers.ts';
import { startBrowserHost, type BrowserHost, type BrowserHostOptions } from './host.ts';

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

let folder = '';
let host: BrowserHost;
let publish: (channel: string, payload: unknown) => void;

const own = () => `127.0.0.1:${host.port}`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-host-'));
  writeFileSync(join(folder, 'index.html'), '<title>Crosstalk</title>');
  await start();
});

async function start(more: Partial<BrowserHostOptions> = {}): Promise<void> {
  const listeners = new Set<(channel: string, payload: unknown) => void>();
  publish = (channel, payload) => {
    for (const listener of listeners) listener(channel, payload);
  };
  const started = await startBrowserHost({
    rendererFolder: folder,
    application: {
      handlers: testHandlers({ settings: { get: () => ok({ version: 1, theme: 'dark' }) } }),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ...more,
  });
  if (!started.ok) throw new Error(started.error.message);
  host = started.value;
}

afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: host.port,
      path,
      method,
      headers: { Host: own(), ...headers },
    });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.end();
  });
}

async function signIn(): Promise<string> {
  const url = new URL(host.url());
  const answer = await ask(`${url.pathname}${url.search}`);
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`no cookie in ${answer.status}`);
  return cookie;
}

interface Socket {
  socket: WebSocket;
  next(): Promise<unknown>;
}

function connect(headers: Record<string, string>, path = '/api'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, {
      headers: { Host: own(), ...headers },
    });
    const arrived: unknown[] = [];
    const waiting: ((message: unknown) => void)[] = [];
    socket.on('message', (data) => {
      const message: unknown = JSON.parse((data as Buffer).toString('utf8'));
      const waiter = waiting.shift();
      if (waiter === undefined) arrived.push(message);
      else waiter(message);
    });
    socket.once('error', reject);
    const next = () =>
      arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((r) => waiting.push(r));
    socket.once('open', () => resolve({ socket, next }));
  });
}

const closed = (socket: WebSocket) =>
  new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));

describe('requests', () => {
  it('exchanges the token for a cookie and leads it out of the address', async () => {
    const url = new URL(host.url());
    expect(url.hostname).toBe('127.0.0.1');
    const answer = await ask(`/${url.search}`);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']?.[0]).toContain(`crosstalk_${host.port}=`);
    expect((await ask(`/${url.search}`)).status).toBe(401);
  });

  it('does not use up a token for a preview of the link', async () => {
    const url = new URL(host.url());
    expect((await ask(`/${url.search}`, {}, 'HEAD')).status).toBe(401);
    expect((await ask(`/${url.search}`)).status).toBe(303);
  });

  it('gives every URL its own token', () => {
    expect(host.url()).not.toBe(host.url());
  });

  it('serves the page with the cookie only', async () => {
    expect((await ask('/')).status).toBe(401);
    expect((await ask('/index.html')).status).toBe(401);
    expect((await ask('/?token=guess')).status).toBe(401);
    const page = await ask('/', { Cookie: await signIn() });
    expect(page).toMatchObject({ status: 200, body: '<title>Crosstalk</title>' });
  });

  it('leads a used link to the page when the browser is signed in already', async () => {
    const cookie = await signIn();
    expect(await ask('/?token=used', { Cookie: cookie })).toMatchObject({ status: 303 });
  });

  it.each(['evil.example', '127.0.0.1.evil.example', '169.254.1.1'])('refuses the host %s', async (name) => {
    const cookie = await signIn();
    expect((await ask('/', { Cookie: cookie, Host: `${name}:${host.port}` })).status).toBe(403);
  });

  it('is reachable under its local names with any port, as through ssh', async () => {
    const cookie = await signIn();
    for (const name of ['localhost:9999', '[::1]:80', '127.0.0.1']) {
      expect((await ask('/', { Cookie: cookie, Host: name })).status).toBe(200);
    }
  });

  it('refuses other sites and other methods', async () => {
    const cookie = await signIn();
    expect((await ask('/', { Cookie: cookie, Origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/', { Cookie: cookie }, 'POST')).status).toBe(403);
    expect((await ask('/', { Cookie: cookie, Origin: `http://${own()}` }, 'POST')).status).toBe(405);
  });

  it.each(['/../host.ts', '/%2e%2e/host.ts', '/..%2fhost.ts', '/assets/..%5c..%5chost.ts'])(
    'has no %s',
    async (path) => {
      expect((await ask(path, { Cookie: await signIn() })).status).toBe(404);
    },
  );

  it('sends the security headers with every status', async () => {
    const cookie = await signIn();
    const answers = [await ask('/'), await ask('/', { Cookie: cookie }), await ask('/x', { Cookie: cookie })];
    answers.push(await ask('/', { Host: 'evil.example' }));
    expect(answers.map(({ status }) => status)).toEqual([401, 200, 404, 403]);
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers['permissions-policy']).toContain('camera=()');
      expect(headers['cache-control']).toBe('no-store');
    }
  });
});

describe('requests that are none', () => {
  it.each([
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 403],
    ['garbage', 'this is not HTTP\r\n\r\n', 400],
    ['endless headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is refused with the same headers as everything else', async (_name, text, status) => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = netConnect(host.port, '127.0.0.1', () => socket.write(text));
      let heard = '';
      socket.setEncoding('utf8');
      socket.on('data', (data: string) => {
        heard += data;
        if (heard.includes('\r\n\r\n')) socket.end();
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', reject);
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain('content-security-policy:');
    expect(answer.toLowerCase()).toContain('x-content-type-options: nosniff');
  });
});

describe('the socket', () => {
  it('answers calls and tells events', async () => {
    const { socket, next } = await connect({ Cookie: await signIn(), Origin: `http://${own()}` });
    socket.send(JSON.stringify({ id: 1, channel: 'settings.get' }));
    expect(await next()).toEqual({ id: 1, result: { ok: true, value: { version: 1, theme: 'dark' } } });
    socket.send(JSON.stringify({ id: 2, channel: 'settings.drop', input: {} }));
    expect(await next()).toMatchObject({ id: 2, result: { ok: false, error: { code: 'unknown_call' } } });
    publish('settings.changed', { version: 1, theme: 'light' });
    expect(await next()).toEqual({ event: 'settings.changed', payload: { version: 1, theme: 'light' } });
    socket.close();
  });

  it.each([
    ['without an origin', {}],
    ['from another site', { Origin: 'http://evil.example' }],
    ['from another port', { Origin: 'http://127.0.0.1:1' }],
    ['from a sandboxed frame', { Origin: 'null' }],
  ])('is refused %s', async (_case, headers: Record<string, string>) => {
    await expect(connect({ Cookie: await signIn(), ...headers })).rejects.toThrow('403');
  });

  it('is refused under a foreign host, and elsewhere than at its path', async () => {
    const cookie = await signIn();
    const evil = `evil.example:${host.port}`;
    await expect(connect({ Cookie: cookie, Host: evil, Origin: `http://${evil}` })).rejects.toThrow('403');
    await expect(connect({ Cookie: cookie, Origin: `http://${own()}` }, '/')).rejects.toThrow('404');
  });

  it('is closed at once with 1008 without the cookie', async () => {
    const { socket } = await connect({ Origin: `http://${own()}` });
    socket.send(JSON.stringify({ id: 1, channel: 'settings.get' }));
    expect(await closed(socket)).toBe(1008);
  });

  it.each(['nonsense', '{}', '[]', '{"id":"1","channel":"settings.get"}'])(
    'is closed after %s',
    async (text) => {
      const { socket } = await connect({ Cookie: await signIn(), Origin: `http://${own()}` });
      socket.send(text);
      expect(await closed(socket)).toBe(1007);
    },
  );

  it('is closed after a message that is too long', async () => {
    const { socket } = await connect({ Cookie: await signIn(), Origin: `http://${own()}` });
    socket.send('x'.repeat((4 << 20) + 1));
    expect(await closed(socket)).toBe(1009);
  });

  it('ends with the host', async () => {
    const { socket } = await connect({ Cookie: await signIn(), Origin: `http://${own()}` });
    const end = closed(socket);
    await host.close();
    expect(await end).toBe(1001);
  });
});

it('says what to do about a port that is taken', async () => {
  const second = await startBrowserHost({
    rendererFolder: folder,
    port: host.port,
    application: { handlers: testHandlers(), subscribe: () => () => {} },
  });
  expect(second).toMatchObject({ ok: false, error: { code: 'port_in_use' } });
});

describe('a page that stops reading', () => {
  it('is cut off, and others are not', async () => {
    await host.close();
    await start({ pingEveryMs: 100 });
    const cookie = await signIn();
    const headers = { Cookie: cookie, Origin: `http://${own()}` };
    const [stuck, other] = [await connect(headers), await connect(headers)];
    stuck.socket.pause();
    // Two pings later the first page is gone; the other one has answered a few by then.
    let pings = 0;
    await new Promise<void>((resolve) => {
      other.socket.on('ping', () => {
        if (++pings === 4) resolve();
      });
    });
    const gone = closed(stuck.socket);
    stuck.socket.resume();
    expect(await gone).toBe(1006);
    publish('runs.changed', { runId: 'a' });
    expect(await other.next()).toEqual({ event: 'runs.changed', payload: { runId: 'a' } });
    other.socket.close();
  });
});
