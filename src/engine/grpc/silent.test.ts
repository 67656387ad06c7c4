/** Services that accept connections and say nothing, as one that hangs does. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectProxy } from '../../../test/fixtures/connectProxy.ts';
import { eventually } from '../../../test/fixtures/eventually.ts';
import { localAuthority, type LocalCertificate } from '../../../test/fixtures/localAuthority.ts';
import type { PlanTarget } from '../plan.ts';
import { createRpcClient } from './client.ts';
import { compileProtos } from './protos.ts';
import { newClock, outcomeOf, request, targetAt, usersOf, writeProto } from './testing/service.ts';

const compiled = await compileProtos([writeProto()], []);
if (!compiled.ok) throw new Error(compiled.error.message);
const descriptors = compiled.value;

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

let certificate: LocalCertificate;
beforeAll(async () => {
  certificate = await (await localAuthority()).issue();
});

async function silent(server: Server): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, sockets };
}

/** Two calls of one user, each with an attempt of its own to connect. */
async function callTwice(url: string, more: Partial<PlanTarget>): Promise<void> {
  const users = { ...usersOf(targetAt(url, more), descriptors), connectTimeoutMs: 150 };
  const client = createRpcClient({ users, clock: newClock() });
  open.push(client);
  const session = client.session();
  for (let i = 0; i < 2; i++) {
    const { failure } = await outcomeOf(session, request('Echo', {}));
    expect(failure?.kind).toBe('connect_timeout');
  }
}

describe('no socket stays open to a service that says nothing', () => {
  const nothing = () => createServer((socket) => socket.resume());
  const tlsThenNothing = () =>
    createTlsServer({ ...certificate, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => undefined).resume();
    });

  it.each([
    ['grpc', nothing],
    ['grpcs', nothing],
    ['grpcs', tlsThenNothing],
  ])('%s, %o', async (scheme, make) => {
    const { port, sockets } = await silent(make());
    const tls = { verify: true, ca: certificate.ca };
    await callTwice(`${scheme}://127.0.0.1:${port}`, { tls });
    await eventually(() => expect(sockets.size).toBe(0));
    const proxy = await connectProxy();
    open.push(proxy);
    await callTwice(`${scheme}://127.0.0.1:${port}`, { tls, proxy: proxy.url });
    expect(proxy.asked).toHaveLength(2);
    await eventually(() => expect([sockets.size, proxy.open()]).toEqual([0, 0]));
  });
});
