/** Certificates of every kind, shown by real servers on loopback. */
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { PlanTls } from '#engine/plan';
import {
  localAuthority,
  selfSignedCertificate,
  type LocalAuthority,
  type LocalCertificate,
} from '../../../test/fixtures/localAuthority.ts';
import { check, fact, Loopback, target } from './testing.ts';

const loopback = new Loopback();
afterEach(() => loopback.close());

const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs + 60_000);
let authority: LocalAuthority;
let fine: LocalCertificate;
let caller: LocalCertificate;
beforeAll(async () => {
  authority = await localAuthority();
  fine = await authority.issue();
  caller = await authority.issue({ commonName: 'caller' });
});

async function agent(options: ServerOptions): Promise<number> {
  const server = createServer(options);
  new WebSocketServer({ server });
  return loopback.listen(server);
}

async function steps(options: ServerOptions, tls: Partial<PlanTls> = {}, host = 'localhost') {
  const trust = { verify: true, ca: authority.ca, ...tls };
  return check(target(`wss://${host}:${await agent(options)}/x`, { tls: trust }));
}

describe('a certificate', () => {
  it('that is fine passes, with its whole chain, its names and its dates', async () => {
    const { tls, session } = await steps(await authority.issue({ until: inDays(90) }));
    expect(tls).toMatchObject({ status: 'ok', advice: null });
    expect(tls?.detail).toMatch(
      /^TLSv1\.[23], certificate for localhost, issued by Crosstalk test authority, valid for 90 more days$/,
    );
    expect(fact(tls, 'version')).toMatch(/^TLSv1\.[23], TLS_/);
    expect(fact(tls, 'client certificate')).toBe('not asked for');
    expect(fact(tls, 'certificate 1')).toContain('for DNS:localhost, IP Address:127.0.0.1');
    expect(fact(tls, 'certificate 2')).toMatch(
      /^Crosstalk test authority, issued by Crosstalk test authority, \d{4}-\d\d-\d\d to/,
    );
    expect(session?.status).toBe('ok');
  });

  it('is looked at by address too', async () => {
    expect((await steps(fine, {}, '127.0.0.1')).tls?.status).toBe('ok');
  });

  it('that ends within thirty days passes with a warning', async () => {
    const { tls } = await steps(await authority.issue({ until: inDays(12) }));
    expect(tls?.status).toBe('ok');
    expect(tls?.advice).toBe('The certificate of localhost ends in 12 days: have it renewed.');
  });

  it('that has expired is explained', async () => {
    const expired = await authority.issue({ from: inDays(-40), until: inDays(-3) });
    const { tls, upgrade } = await steps(expired);
    expect(tls?.status).toBe('failed');
    expect(tls?.detail).toContain('CERT_HAS_EXPIRED');
    expect(tls?.advice).toContain('has expired');
    expect(fact(tls, 'certificate 1')).toContain('expired 3 days ago');
    expect(upgrade?.status).toBe('skipped');
  });

  it('that is not valid yet is explained', async () => {
    const { tls } = await steps(await authority.issue({ from: inDays(3), until: inDays(90) }));
    expect(tls?.advice).toContain("check this machine's clock");
    expect(fact(tls, 'certificate 1')).toContain('not valid yet');
  });

  it('for another name is explained, with the names it has', async () => {
    const { tls } = await steps(await authority.issue({ commonName: 'agent.test', names: ['agent.test'] }));
    expect(tls?.status).toBe('failed');
    expect(tls?.detail).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(tls?.advice).toContain('issued for another name than localhost');
    expect(fact(tls, 'certificate 1')).toContain('for DNS:agent.test');
  });

  it('that signed itself is explained, and passes where it need not be verified', async () => {
    const own = await selfSignedCertificate();
    expect((await steps(own, { ca: null })).tls?.advice).toContain('signed itself');
    const { session, tls } = await steps(own, { ca: null, verify: false });
    expect(tls?.status).toBe('ok');
    expect(tls?.advice).toMatch(/not verified, as tls\.verify is false; otherwise: .*signed itself/);
    expect(session?.status).toBe('ok');
  });

  it('of an authority that is not known is explained', async () => {
    const { tls } = await steps(fine, { ca: (await localAuthority('Another')).ca });
    expect(tls?.status).toBe('failed');
    expect(tls?.advice).toContain('tls.ca');
  });

  it('that is not verified though it could be is remarked on', async () => {
    const { tls } = await steps(fine, { verify: false });
    expect(tls?.advice).toBe('It is not verified, as tls.verify is false; it would pass, so verify it.');
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a client certificate over %s', (version) => {
  const asking = (required: boolean): ServerOptions => ({
    ...fine,
    requestCert: true,
    rejectUnauthorized: required,
    minVersion: version,
    maxVersion: version,
  });

  it('is said to be missing when the server insists on it', async () => {
    const { tls, upgrade } = await steps(asking(true));
    expect(tls?.status).toBe('failed');
    expect(tls?.advice).toMatch(/client certificate.*tls\.cert and tls\.key/);
    expect(upgrade?.status).toBe('skipped');
  });

  it('is said to be asked for when the server goes on without it', async () => {
    const { session, tls } = await steps(asking(false));
    expect(tls?.status).toBe('ok');
    expect(tls?.advice).toContain('asks for a client certificate');
    expect(fact(tls, 'client certificate')).toBe('asked for, none is set');
    expect(session?.status).toBe('ok');
  });

  it('is shown', async () => {
    const { cert, key } = caller;
    const { session, tls } = await steps(asking(true), { cert, key });
    expect(fact(tls, 'client certificate')).toBe('asked for and shown');
    expect(session?.status).toBe('ok');
  });
});

describe('TLS', () => {
  it('says that a certificate is set that nobody asks for, and why one cannot be used', async () => {
    const { cert, key } = caller;
    const unasked = await steps(fine, { cert, key });
    expect(unasked.tls?.advice).toContain('did not ask for the client certificate');
    const { tls } = await steps(fine, { cert, key: fine.key });
    expect(tls?.detail).toContain('the key does not belong to the certificate');
  });

  it('explains a port without it, and one that never answers', async () => {
    const plain = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    const wrong = await check(target(`wss://127.0.0.1:${await loopback.listen(plain)}/x`));
    expect(wrong.tls?.advice).toContain('something other than TLS');
    const port = await loopback.listen(createTcpServer());
    const silent = await check(target(`wss://127.0.0.1:${port}/x`), { timeoutMs: 100 });
    expect(silent.tls?.advice).toContain('never answered the TLS handshake');
  });
});
