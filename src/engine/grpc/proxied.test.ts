/** Calls to services behind a proxy that tunnels (CONNECT). */
import { ServerCredentials } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectProxy, type ConnectProxyOptions } from '../../../test/fixtures/connectProxy.ts';
import { eventually } from '../../../test/fixtures/eventually.ts';
import {
  localAuthority,
  type LocalAuthority,
  type LocalCertificate,
} from '../../../test/fixtures/localAuthority.ts';
import type { PlanTarget } from '../plan.ts';
import { createRpcClient } from './client.ts';
import { compileProtos } from './protos.ts';
import type { RpcOutcome } from './rpc.ts';
import {
  newClock,
  outcomeOf,
  request,
  startSpeech,
  targetAt,
  usersOf,
  writeProto,
} from './testing/service.ts';

const compiled = await compileProtos([writeProto()], []);
if (!compiled.ok) throw new Error(compiled.error.message);
const descriptors = compiled.value;

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

let authority: LocalAuthority;
let certificate: LocalCertificate;
beforeAll(async () => {
  authority = await localAuthority();
  certificate = await authority.issue();
});

async function proxy(options: ConnectProxyOptions = {}) {
  const started = await connectProxy(options);
  open.push(started);
  return started;
}

async function speech(own?: LocalCertificate) {
  const credentials =
    own &&
    ServerCredentials.createSsl(null, [
      { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.cert) },
    ]);
  const service = await startSpeech(credentials === undefined ? {} : { credentials });
  open.push(service);
  return service;
}

const trusting = () => ({ verify: true, ca: authority.ca });
const withLogin = (url: string, login = 'me:p%40ss') => url.replace('://', `://${login}@`);

function echo(url: string, more: Partial<PlanTarget>, connectTimeoutMs = 10_000): Promise<RpcOutcome> {
  const users = { ...usersOf(targetAt(url, more), descriptors), connectTimeoutMs };
  const client = createRpcClient({ users, clock: newClock() });
  open.push(client);
  return outcomeOf(client.session(), request('Echo', { text: 'hello' }));
}

describe('through a proxy', () => {
  it('a service is called by its own name', async () => {
    const { url, metadata, pieces } = await speech();
    const through = await proxy({ credentials: 'me:p@ss' });
    const outcome = await echo(url, { proxy: withLogin(through.url) });
    expect(outcome).toMatchObject({ status: 0, failure: null });
    expect(outcome.message).toMatchObject({ text: 'hello' });
    expect(through.asked).toEqual([url.replace('grpc://', '')]);
    expect(pieces).toHaveLength(1);
    // The proxy's login is for the proxy.
    expect(JSON.stringify(metadata)).not.toMatch(/authorization/i);
  });

  it('TLS is spoken with the service, whose certificate is looked at', async () => {
    const { url } = await speech(certificate);
    const through = await proxy({ credentials: 'me:p@ss' });
    const target = { tls: trusting(), proxy: withLogin(through.url) };
    for (const at of [url, url.replace('127.0.0.1', 'localhost')])
      expect(await echo(at, target)).toMatchObject({ status: 0, failure: null });
    const elsewhere = await speech(await authority.issue({ names: ['elsewhere.test'] }));
    const { failure } = await echo(elsewhere.url, target);
    expect(failure).toMatchObject({ kind: 'tls' });
    expect(failure?.message).toContain('for another host');
  });

  it('that is itself spoken to over TLS', async () => {
    const through = await proxy({ tls: certificate });
    const target = { tls: trusting(), proxy: through.url };
    for (const { url } of [await speech(), await speech(certificate)])
      expect(await echo(url, target)).toMatchObject({ status: 0, failure: null });
    expect(through.asked).toHaveLength(2);
  });

  it.each([
    [{ credentials: 'me:other' }, 'proxy_407', 'wants a user and password'],
    [{ refuse: 403 }, 'proxy_403', 'does not allow connections to the service'],
    [{ refuse: 502 }, 'proxy_502', 'could not reach the service'],
    [{ refuse: 'hangs_up' }, 'proxy_reset', 'hung up'],
  ] as const)('that answers %o is named, without its login, and nothing stays open', async (options, kind, why) => {
    const through = await proxy(options);
    const url = 'grpc://127.0.0.1:9';
    const { failure } = await echo(url, { proxy: withLogin(through.url) });
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toMatch(new RegExp(`^${url} cannot be connected: the proxy ${through.url} ${why}.*\\.$`));
    expect(failure?.message).not.toMatch(/p@ss|p%40ss|me:|undefined/);
    await eventually(() => expect(through.open()).toBe(0));
  }); // prettier-ignore

  it('that says nothing is waited for no longer than for a connection, and left', async () => {
    const through = await proxy({ refuse: 'silent' });
    const { failure } = await echo('grpcs://127.0.0.1:9', { proxy: through.url }, 150);
    expect(failure?.kind).toBe('connect_timeout');
    expect(through.asked).toHaveLength(1);
    await eventually(() => expect(through.open()).toBe(0));
  });

  it('that does not listen, speaks no HTTP, or is no address, is named', async () => {
    const gone = await connectProxy();
    gone.close();
    const away = await echo('grpc://127.0.0.1:9', { proxy: withLogin(gone.url) });
    expect(away.failure).toEqual({
      kind: 'proxy_refused',
      message: `grpc://127.0.0.1:9 cannot be connected: the proxy ${gone.url} cannot be used: nothing listens there (connection refused).`,
    });
    const service = await speech();
    const strange = await echo(service.url, { proxy: service.url.replace('grpc', 'http') });
    expect(strange.failure?.kind).toBe('proxy_protocol');
    const wrong = await echo(service.url, { proxy: 'me:p@ss' });
    expect(wrong.failure).toEqual({
      kind: 'proxy',
      message: `${service.url}: the address of the proxy must begin with http:// or https://.`,
    });
  });
});
