import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createAcsAdapter } from '#engine/protocols/acs';
import type { CheckStep, CheckTarget } from './steps.ts';
import { checkTarget } from './target.ts';

const adapter = createAcsAdapter(
  { sampleRate: 16_000, frameMs: 20, audibleLevel: -50 },
  { response: [], end: [] },
);
const open: (Server | TcpServer)[] = [];
const sockets = new Set<Socket>();

async function listen(server: Server | TcpServer): Promise<number> {
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(open.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

function target(url: string, more: Partial<CheckTarget> = {}): CheckTarget {
  return { url, headers: {}, tls: { verify: true, ca: null }, ...more };
}

async function check(what: CheckTarget, timeoutMs = 5000): Promise<Record<string, CheckStep>> {
  const heard: CheckStep[] = [];
  const steps = await checkTarget(what, { adapter, timeoutMs, onStep: (step) => heard.push(step) });
  expect(heard).toEqual(steps);
  expect(steps.map((step) => step.step)).toEqual(['url', 'dns', 'tcp', 'tls', 'upgrade', 'session']);
  return Object.fromEntries(steps.map((step) => [step.step, step]));
}

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
    [503, 'not available'],
    [200, 'like a web page'],
    [302, 'redirects'],
  ])('explains HTTP %i in place of an upgrade', async (status, words) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { location: 'wss://elsewhere/' }).end('<h1>nope</h1>');
    });
    server.on('upgrade', (_request, socket) => {
      socket.end(
        `HTTP/1.1 ${status} X\r\nLocation: wss://elsewhere/\r\nContent-Length: 13\r\n\r\n<h1>nope</h1>`,
      );
    });
    const steps = await check(target(`ws://127.0.0.1:${await listen(server)}/x`));
    expect(steps.tcp?.status).toBe('ok');
    expect(steps.tls?.detail).toBe('not used by ws://');
    expect(steps.upgrade?.status).toBe('failed');
    expect(steps.upgrade?.detail).toContain(`HTTP ${status}`);
    expect(steps.upgrade?.detail).toContain('“nope”');
    expect(steps.upgrade?.advice).toContain(words);
    expect(steps.session?.status).toBe('skipped');
  });

  it('explains a server that never answers', async () => {
    const steps = await check(target(`ws://127.0.0.1:${await listen(createTcpServer())}/x`), 300);
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
});

function haveOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!haveOpenssl())('checkTarget over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crosstalk-tls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function certificate(subjectAltName: string): { key: string; cert: string } {
    const key = join(folder, 'key.pem');
    const cert = join(folder, 'cert.pem');
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '30',
    ];
    const subject = ['-subj', '/CN=agent.test', '-addext', `subjectAltName=${subjectAltName}`];
    execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  }

  async function agent(pair: { key: string; cert: string }): Promise<number> {
    const server = createTlsServer(pair);
    new WebSocketServer({ server });
    return listen(server);
  }

  it('explains a certificate for another name', async () => {
    const pair = certificate('DNS:agent.test');
    const steps = await check(
      target(`wss://127.0.0.1:${await agent(pair)}/x`, { tls: { verify: true, ca: pair.cert } }),
    );
    expect(steps.tls?.status).toBe('failed');
    expect(steps.tls?.detail).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(steps.tls?.detail).toContain('agent.test');
    expect(steps.tls?.advice).toContain('issued for another name than 127.0.0.1');
    expect(steps.upgrade?.status).toBe('skipped');
  });

  it('explains a certificate that signed itself, and passes it when it need not be verified', async () => {
    const port = await agent(certificate('IP:127.0.0.1'));
    const refused = await check(target(`wss://127.0.0.1:${port}/x`));
    expect(refused.tls?.status).toBe('failed');
    expect(refused.tls?.advice).toContain('signed itself');
    const accepted = await check(target(`wss://127.0.0.1:${port}/x`, { tls: { verify: false, ca: null } }));
    expect(accepted.tls).toMatchObject({ status: 'ok' });
    expect(accepted.tls?.advice).toContain('not verified');
    expect(accepted.session?.status).toBe('ok');
  });

  it('passes a certificate whose authority is named, and says how long it lasts', async () => {
    const pair = certificate('IP:127.0.0.1');
    const steps = await check(
      target(`wss://127.0.0.1:${await agent(pair)}/x`, { tls: { verify: true, ca: pair.cert } }),
    );
    expect(steps.tls?.status).toBe('ok');
    expect(steps.tls?.detail).toMatch(
      /^TLSv1\.[23], certificate for agent\.test, .* valid for 29 more days$/,
    );
  });

  it('explains a port without TLS', async () => {
    const steps = await check(target(`wss://127.0.0.1:${await listen(createServer())}/x`));
    expect(steps.tls?.status).toBe('failed');
    expect(steps.tls?.advice).toContain('something other than TLS');
  });
});
