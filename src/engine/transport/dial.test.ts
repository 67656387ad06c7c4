/** The ways to an agent: through proxies, over IPv6, with a client certificate, with a subprotocol of the operator's. */
import { createPrivateKey } from 'node:crypto';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer, type ServerOptions as WebSocketOptions } from 'ws';
import { connectProxy, type ConnectProxyOptions } from '../../../test/fixtures/connectProxy.ts';
import {
  localAuthority,
  type LocalAuthority,
  type LocalCertificate,
} from '../../../test/fixtures/localAuthority.ts';
import { Clock } from '../clock.ts';
import type { PlanTarget, PlanTls } from '../plan.ts';
import { dialled, type Told } from './testing.ts';
import { createWebSocketTransport } from './webSocket.ts';

const transport = createWebSocketTransport(new Clock(process.hrtime.bigint()));
const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

function call(url: string, target: Partial<PlanTarget> = {}, timeoutMs = 5000): Told {
  const told = dialled(transport, url, target, { timeoutMs });
  cleanUps.push(() => told.connection.terminate());
  return told;
}

const until = (holds: () => unknown) => vi.waitFor(() => expect(holds()).toBeTruthy(), { timeout: 10_000 });
const trusting = (ca: string, more: Partial<PlanTls> = {}): PlanTls => ({ verify: true, ca, ...more });

/** An agent that says back what it hears; its port. */
async function echo(
  tls: ServerOptions | null = null,
  host = '127.0.0.1',
  options: WebSocketOptions = {},
): Promise<number> {
  const server: Server = tls ? createHttpsServer(tls) : createHttpServer();
  const agents = new WebSocketServer({ server, ...options });
  agents.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  cleanUps.push(() => {
    for (const client of agents.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

async function proxy(options: ConnectProxyOptions = {}) {
  const started = await connectProxy(options);
  cleanUps.push(() => started.close());
  return started;
}

async function failure(told: Told): Promise<{ kind: string; message: string }> {
  await until(() => told.failures.length > 0);
  expect(told.opened).toEqual([]);
  expect(told.failures).toHaveLength(1);
  return told.failures[0] ?? { kind: '', message: '' };
}

async function echoes({ connection, opened, messages }: Told): Promise<void> {
  await until(() => opened.length === 1);
  const texts = Array.from({ length: 60 }, (_, n) => `${n} ${'a'.repeat(n * 50)}`);
  for (const text of texts) connection.send(Buffer.from(text), false);
  await until(() => messages.length === texts.length);
  expect(messages.map((m) => m.text)).toEqual(texts);
}

let authority: LocalAuthority;
let certificate: LocalCertificate;
beforeAll(async () => {
  authority = await localAuthority();
  certificate = await authority.issue();
});

describe('through a proxy', () => {
  it('speaks with an agent without TLS', async () => {
    const port = await echo();
    const { url, asked } = await proxy();
    const told = call(`ws://127.0.0.1:${port}/`, { proxy: url });
    await echoes(told);
    expect(asked).toEqual([`127.0.0.1:${port}`]);
    const [timings] = told.opened;
    expect(timings?.tls).toBeNull();
    // What the proxy took is in the whole, and in none of the parts.
    expect((timings?.tcp ?? 0) + (timings?.upgrade ?? 0)).toBeLessThan(timings?.connect ?? 0);
  });

  it('speaks with an agent over TLS, whose name is looked at behind the proxy', async () => {
    const port = await echo(certificate);
    const { url } = await proxy();
    const told = call(`wss://localhost:${port}/`, { proxy: url, tls: trusting(authority.ca) });
    await echoes(told);
    expect(told.opened[0]?.tls).toBeGreaterThan(0);
    const byAddress = call(`wss://127.0.0.1:${port}/`, { proxy: url, tls: trusting(authority.ca) });
    await echoes(byAddress);
    const other = await echo(await authority.issue({ names: ['elsewhere.test'] }));
    const refused = await failure(
      call(`wss://localhost:${other}/`, { proxy: url, tls: trusting(authority.ca) }),
    );
    expect(refused.kind).toBe('tls');
  });

  it('speaks over TLS to the proxy, and within to the agent', async () => {
    const { url } = await proxy({ tls: certificate });
    const tls = trusting(authority.ca);
    await echoes(call(`ws://127.0.0.1:${await echo()}/`, { proxy: url, tls }));
    await echoes(call(`wss://localhost:${await echo(certificate)}/`, { proxy: url, tls }));
  });

  it('says who it is', async () => {
    const { url } = await proxy({ credentials: 'me:p@ss' });
    const port = await echo();
    const withCredentials = url.replace('://', '://me:p%40ss@');
    await echoes(call(`ws://127.0.0.1:${port}/`, { proxy: withCredentials }));
    const { kind, message } = await failure(
      call(`ws://127.0.0.1:${port}/`, { proxy: url.replace('://', '://me:wrong@') }),
    );
    expect(kind).toBe('proxy_407');
    expect(message).toContain(url);
    expect(message).toContain('user and password');
    expect(message).not.toContain('wrong');
  });

  it.each([
    [407, 'proxy_407', 'wants a user and password'],
    [403, 'proxy_403', 'does not allow'],
    [502, 'proxy_502', 'could not reach the agent'],
    [504, 'proxy_504', 'in vain'],
    ['hangs_up' as const, 'proxy_reset', 'hung up'],
  ])('explains one that answers %s', async (refuse, expected, words) => {
    const { url } = await proxy({ refuse });
    const { kind, message } = await failure(call('ws://127.0.0.1:1/', { proxy: url }));
    expect(kind).toBe(expected);
    expect(message).toContain(url);
    expect(message).toContain(words);
  });

  it('explains an agent that the proxy cannot reach', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { url } = await proxy();
    expect((await failure(call(`ws://127.0.0.1:${port}/`, { proxy: url }))).kind).toBe('proxy_502');
    const refused = await failure(call('ws://127.0.0.1:1/', { proxy: `http://127.0.0.1:${port}` }));
    expect(refused.kind).toBe('proxy_refused');
    expect(refused.message).toContain('nothing listens there');
  });

  it('gives up with one that never answers, within the time of the whole connect', async () => {
    const { url } = await proxy({ refuse: 'silent' });
    const secret = url.replace('://', '://me:secret@');
    const { kind, message } = await failure(call('ws://127.0.0.1:1/', { proxy: secret }, 60));
    expect(kind).toBe('connect_timeout');
    expect(message).toBe(`the proxy ${url} opened no way to the agent within 60 ms`);
  });

  it('explains what is no proxy, and one whose certificate is not trusted', async () => {
    const server = createTcpServer((socket) => socket.end('220 mail.local ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const mail = await failure(call('ws://127.0.0.1:1/', { proxy: `http://127.0.0.1:${port}` }));
    expect(mail.kind).toBe('proxy_protocol');
    const { url } = await proxy({ tls: certificate });
    const untrusted = await failure(call('ws://127.0.0.1:1/', { proxy: url }));
    expect(untrusted).toMatchObject({ kind: 'proxy_tls' });
    expect(untrusted.message).toContain(`the proxy ${url} cannot be used: TLS failed`);
  });

  it.each(['socks5://127.0.0.1:1', 'not an address'])('refuses %j as an address', async (address) => {
    const { kind, message } = await failure(call('ws://127.0.0.1:1/', { proxy: address }));
    expect(kind).toBe('protocol');
    expect(message).toContain('the address of the proxy');
  });
});

describe('a client certificate', () => {
  const asking = () => ({ ...certificate, requestCert: true, rejectUnauthorized: true, ca: authority.ca });

  it('is shown to an agent that asks for it, directly and through a proxy', async () => {
    const port = await echo(asking());
    const { key, cert } = await authority.issue({ commonName: 'caller' });
    const tls = trusting(authority.ca, { cert, key });
    await echoes(call(`wss://localhost:${port}/`, { tls }));
    await echoes(call(`wss://localhost:${port}/`, { tls, proxy: (await proxy()).url }));
  });

  it('is missed by an agent that wants one', async () => {
    const told = call(`wss://localhost:${await echo(asking())}/`, { tls: trusting(authority.ca) });
    expect((await failure(told)).message).toContain('wants a client certificate');
  });

  it('with a key that is not its own, or that a passphrase does not open, is refused before anything is dialled', async () => {
    const { cert } = await authority.issue();
    const strange = call('wss://127.0.0.1:1/', {
      tls: trusting(authority.ca, { cert, key: certificate.key }),
    });
    expect(await failure(strange)).toEqual({
      kind: 'tls',
      message:
        'the client certificate of the target cannot be used: the key does not belong to the certificate',
    });
    const key = createPrivateKey(certificate.key);
    const locked = key
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' })
      .toString();
    const own = { cert: certificate.cert, key: locked };
    const wrong = call('wss://127.0.0.1:1/', {
      tls: trusting(authority.ca, { ...own, passphrase: 'guess' }),
    });
    const { message } = await failure(wrong);
    expect(message).toContain('the passphrase does not open the key');
    expect(message).not.toContain('guess');
    const port = await echo(asking());
    await echoes(
      call(`wss://localhost:${port}/`, { tls: trusting(authority.ca, { ...own, passphrase: 'right' }) }),
    );
  });
});

describe('a subprotocol', () => {
  it('of the operator is offered before that of the protocol', async () => {
    let offered: string[] = [];
    const port = await echo(null, '127.0.0.1', {
      handleProtocols: (protocols) => {
        offered = [...protocols];
        return offered[0] ?? false;
      },
    });
    const told = dialled(
      transport,
      `ws://127.0.0.1:${port}/`,
      { subprotocol: 'voice.v2' },
      { subprotocols: ['own'] },
    );
    cleanUps.push(() => told.connection.terminate());
    await echoes(told);
    expect(offered).toEqual(['voice.v2', 'own']);
  });

  it('that was not chosen opens no call', async () => {
    const port = await echo(null, '127.0.0.1', { handleProtocols: () => false });
    const { message } = await failure(call(`ws://127.0.0.1:${port}/`, { subprotocol: 'voice.v2' }));
    expect(message).toContain('voice.v2');
  });
});

const haveIPv6 = await new Promise<boolean>((resolve) => {
  const server = createTcpServer();
  server.once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});

describe.skipIf(!haveIPv6)('over IPv6', () => {
  it('reaches an agent, directly, over TLS and through a proxy', async () => {
    const tls = trusting(authority.ca);
    await echoes(call(`ws://[::1]:${await echo(null, '::1')}/`));
    const port = await echo(certificate, '::1');
    await echoes(call(`wss://[::1]:${port}/`, { tls }));
    const { url, asked } = await proxy();
    await echoes(call(`wss://[::1]:${port}/`, { tls, proxy: url }));
    expect(asked).toEqual([`[::1]:${port}`]);
  });
});
