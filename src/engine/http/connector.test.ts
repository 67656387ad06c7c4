/** How connections are opened: TLS, HTTP/2, proxies, and what stands in the way. */
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectProxy, type ConnectProxyOptions } from '../../../test/fixtures/connectProxy.ts';
import {
  localAuthority,
  type LocalAuthority,
  type LocalCertificate,
} from '../../../test/fixtures/localAuthority.ts';
import type { PlanTls } from '../plan.ts';
import { answering, clientOf, sent, serving, type ClientWishes } from './testing.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

let authority: LocalAuthority;
let certificate: LocalCertificate;
beforeAll(async () => {
  authority = await localAuthority();
  certificate = await authority.issue();
});

const trusting = (more: Partial<PlanTls> = {}): PlanTls => ({ verify: true, ca: authority.ca, ...more });

function session(wishes: ClientWishes = {}) {
  const client = clientOf(wishes);
  cleanUps.unshift(() => client.close());
  return client.session();
}

async function secure(options: object = {}) {
  const server = createHttpsServer({ ...certificate, ...options }, (_, response) => response.end('over TLS'));
  const started = await serving(server, 'https');
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return started;
}

/** Speaks both versions where TLS lets them be chosen, else only HTTP/2. */
async function version2(tls: boolean) {
  const server = tls ? createSecureServer({ ...certificate, allowHTTP1: true }) : createHttp2Server();
  let connections = 0;
  server.on(tls ? 'secureConnection' : 'connection', () => connections++);
  server.on('request', (request, response) => {
    response.setHeader('x-version', request.httpVersion);
    if (request.url === '/reset') response.stream.close(2);
    else if (request.url !== '/silent') response.end('over HTTP/2');
  });
  const sessions: { destroy(): void }[] = [];
  server.on('session', (one) => sessions.push(one));
  const started = await serving(server, tls ? 'https' : 'http');
  cleanUps.push(() => {
    for (const one of sessions) one.destroy();
    server.close();
  });
  return { ...started, connections: () => connections };
}

describe('TLS', () => {
  it('is timed as a part of its own', async () => {
    const { url } = await secure();
    const user = session({ target: { tls: trusting() } });
    const first = await sent(user, url);
    expect(first.body?.toString()).toBe('over TLS');
    expect(first.connection?.tls).toBeGreaterThan(0);
    expect(first.connection?.tcp).toBeGreaterThan(0);
    expect((await sent(user, url)).connection).toBeNull();
  });

  it('refuses a certificate of an authority that is not known, unless it is not to be verified', async () => {
    const { url } = await secure();
    const stranger = await localAuthority('Somebody else');
    const outcome = await sent(session({ target: { tls: trusting({ ca: stranger.ca }) } }), url);
    expect(outcome).toMatchObject({ sentAt: null, status: null, failure: { kind: 'tls' } });
    expect(outcome.failure?.message).toMatch(/^TLS failed: /);
    const trusted = await sent(session({ target: { tls: { verify: false, ca: null } } }), url);
    expect(trusted.status).toBe(200);
  });

  it('refuses a certificate for another name', async () => {
    const { port } = await secure();
    const other = await authority.issue({ names: ['elsewhere.test'] });
    const elsewhere = await secure(other);
    expect(port).not.toBe(elsewhere.port);
    const outcome = await sent(session({ target: { tls: trusting() } }), elsewhere.url);
    expect(outcome.failure?.kind).toBe('tls');
  });

  it('shows a client certificate where one is asked for', async () => {
    const { url } = await secure({ requestCert: true, rejectUnauthorized: true });
    const own = await authority.issue({ commonName: 'client' });
    const tls = trusting({ cert: own.cert, key: own.key });
    expect((await sent(session({ target: { tls } }), url)).status).toBe(200);
    expect((await sent(session({ target: { tls: trusting() } }), url)).failure).not.toBeNull();
    const useless = trusting({ cert: own.cert, key: 'no key' });
    const refused = await sent(session({ target: { tls: useless } }), url);
    expect(refused.failure).toMatchObject({ kind: 'tls' });
    expect(refused.failure?.message).not.toContain('no key');
  });

  it('with somebody who does not speak it fails at once', async () => {
    const { port } = await answering((_, response) => response.end());
    const outcome = await sent(session(), `https://127.0.0.1:${port}`);
    expect(outcome.failure?.kind).toBe('tls');
  });
});

describe('HTTP/2', () => {
  it.each([
    ['auto', true, '2'],
    ['2', true, '2'],
    ['1.1', true, '1.1'],
    ['2', false, '2'],
  ] as const)('asked for as %s, TLS %s, is %s', async (version, tls, spoken) => {
    const { url } = await version2(tls);
    const outcome = await sent(session({ http: { version }, target: { tls: trusting() } }), url, {
      method: 'POST',
      body: Buffer.from('{}'),
      headers: { 'content-type': 'application/json' },
    });
    expect(outcome).toMatchObject({ status: 200, failure: null, httpVersion: spoken });
    expect(outcome.body?.toString()).toBe('over HTTP/2');
    expect(outcome.bytesReceived).toBeGreaterThan(11);
    expect(outcome.bytesSent).toBeGreaterThan(2);
    expect(outcome.sentAt).toBeLessThanOrEqual(outcome.firstByteAt ?? 0);
    expect(outcome.connection).not.toBeNull();
  });

  it('that is asked for but not offered is named', async () => {
    const { url } = await secure();
    const outcome = await sent(session({ http: { version: '2' }, target: { tls: trusting() } }), url);
    expect(outcome.failure).not.toBeNull();
    expect(outcome.sentAt).toBeNull();
    const auto = await sent(session({ http: { version: 'auto' }, target: { tls: trusting() } }), url);
    expect(auto).toMatchObject({ status: 200, httpVersion: '1.1' });
  });

  it('carries the requests of many users at once; one that ends badly leaves the others alone', async () => {
    const { url, connections } = await version2(true);
    const client = clientOf({ http: { version: '2', connections: 1 }, target: { tls: trusting() } });
    cleanUps.unshift(() => client.close());
    await sent(client.session(), url);
    const silent = sent(client.session(), `${url}/silent`, { timeoutMs: 100 });
    const reset = sent(client.session(), `${url}/reset`);
    const well = Array.from({ length: 20 }, () => sent(client.session(), url));
    expect((await Promise.all(well)).every(({ status }) => status === 200)).toBe(true);
    expect((await silent).failure?.kind).toBe('request_timeout');
    expect((await reset).failure?.kind).toBe('reset');
    expect((await sent(client.session(), url)).status).toBe(200);
    expect(connections()).toBe(1);
  });
});

describe('a connection', () => {
  it('that is never answered takes no longer than it may', async () => {
    const open: { destroy(): void }[] = [];
    const tcp = createTcpServer((socket) => open.push(socket));
    const { port, close } = await serving(tcp);
    cleanUps.push(() => open.forEach((socket) => socket.destroy()), close);
    // Connected at once, but nobody answers the TLS that follows.
    const outcome = await sent(session({ connectTimeoutMs: 80 }), `https://127.0.0.1:${port}`);
    expect(outcome).toMatchObject({
      sentAt: null,
      connection: null,
      failure: { kind: 'connect_timeout', message: 'no connection was made within 0.08 s' },
    });
    const hurried = await sent(session(), `https://127.0.0.1:${port}`, { timeoutMs: 60 });
    expect(hurried.failure?.kind).toBe('request_timeout');
  });

  it('is looked for by a name that nobody has', async () => {
    const outcome = await sent(session(), 'http://nobody.invalid:1/');
    expect(outcome.failure?.kind).toBe('dns');
  });
});

describe('a proxy', () => {
  async function proxy(options: ConnectProxyOptions = {}) {
    const started = await connectProxy(options);
    cleanUps.push(() => started.close());
    return started;
  }

  it('opens a way to plain and secure servers', async () => {
    const plain = await answering((_, response) => response.end('plain'));
    cleanUps.push(() => plain.close());
    const { url } = await secure();
    const { url: proxyUrl, asked } = await proxy({ credentials: 'a:b' });
    const target = { tls: trusting(), proxy: proxyUrl.replace('//', '//a:b@') };
    expect((await sent(session({ target }), plain.url)).body?.toString()).toBe('plain');
    const outcome = await sent(session({ target }), url);
    expect(outcome.body?.toString()).toBe('over TLS');
    expect(outcome.connection?.tls).toBeGreaterThan(0);
    expect(asked).toHaveLength(2);
  });

  it('opens a way to servers of HTTP/2, which speak first', async () => {
    const { url: proxyUrl } = await proxy();
    for (const tls of [false, true]) {
      const { url } = await version2(tls);
      const target = { tls: trusting(), proxy: proxyUrl };
      const outcome = await sent(session({ target, http: { version: '2' } }), url);
      expect(outcome.failure).toBeNull();
      expect(outcome.body?.toString()).toBe('over HTTP/2');
    }
  });

  it.each([
    [{ refuse: 403 }, 'proxy_403'],
    [{ refuse: 'hangs_up' }, 'proxy_reset'],
    [{ refuse: 'silent' }, 'connect_timeout'],
  ] as const)('that says %o fails the request', async (options, kind) => {
    const { url } = await proxy(options);
    const target = { proxy: url };
    const outcome = await sent(session({ target, connectTimeoutMs: 150 }), 'http://127.0.0.1:9/');
    expect(outcome.failure?.kind).toBe(kind);
    expect(outcome.failure?.message).not.toContain('the agent');
  });

  it('that does not listen, or is no address, is named', async () => {
    const gone = await connectProxy();
    gone.close();
    const away = await sent(session({ target: { proxy: gone.url } }), 'http://127.0.0.1:9/');
    expect(away.failure?.kind).toBe('proxy_refused');
    const wrong = await sent(session({ target: { proxy: 'nonsense' } }), 'http://127.0.0.1:9/');
    expect(wrong.failure).toEqual({
      kind: 'invalid_request',
      message: 'the address of the proxy is not a URL',
    });
  });
});
