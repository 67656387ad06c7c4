/** Checks of agents behind an HTTP proxy. */
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectProxy, type ConnectProxyOptions } from '../../../test/fixtures/connectProxy.ts';
import { localCertificate, type LocalCertificate } from '../../../test/fixtures/localAuthority.ts';
import { Mask } from './secrets.ts';
import { check, fact, Loopback, target } from './testing.ts';

const loopback = new Loopback();
const proxies: { close(): void }[] = [];
afterEach(async () => {
  for (const proxy of proxies.splice(0)) proxy.close();
  await loopback.close();
});

let certificate: LocalCertificate;
beforeAll(async () => {
  certificate = await localCertificate();
});

async function proxy(options: ConnectProxyOptions = {}) {
  const started = await connectProxy(options);
  proxies.push(started);
  return started;
}

function agent(secure: boolean): Promise<number> {
  const server = secure ? createTlsServer(certificate) : createServer();
  new WebSocketServer({ server });
  return loopback.listen(server);
}

describe('through a proxy', () => {
  it.each([false, true])('a target is reached (TLS to the proxy: %s)', async (tls) => {
    const { asked, url } = await proxy(tls ? { tls: certificate } : {});
    const port = await agent(true);
    const trust = { verify: true, ca: certificate.ca };
    const steps = await check(target(`wss://localhost:${port}/x`, { proxy: url, tls: trust }));
    expect(Object.values(steps).filter((step) => step.status === 'failed')).toEqual([]);
    expect(steps.url?.detail).toContain(`through the proxy ${url}`);
    expect(steps.dns?.advice).toContain('looked up by the proxy');
    expect(steps.tcp?.detail).toContain(`tunnel through ${url}`);
    expect(fact(steps.tcp, 'answer')).toBe('HTTP/1.1 200 Connection established');
    expect(steps.tls?.status).toBe('ok');
    expect(steps.session?.status).toBe('ok');
    expect(asked).toEqual([`localhost:${port}`]);
  });

  it('a target without TLS is reached', async () => {
    const { url } = await proxy();
    const steps = await check(target(`ws://127.0.0.1:${await agent(false)}/x`, { proxy: url }));
    expect(steps.session?.status).toBe('ok');
  });

  it.each([
    [407, 'user and password'],
    [403, "proxy's own rules"],
    [502, 'the agent behind it is not'],
    [405, 'not a proxy that tunnels'],
    ['hangs_up' as const, 'closed the connection'],
    ['silent' as const, 'then said nothing'],
  ])('that answers %s nothing is reached', async (refuse, words) => {
    const { url } = await proxy({ refuse });
    const secret = url.replace('://', '://me:p4ssword@');
    const what = target('wss://agent.invalid/x', { proxy: secret });
    const steps = await check(what, { timeoutMs: 400 });
    expect(steps.tcp?.status).toBe('failed');
    expect(steps.tcp?.detail).toContain(url);
    expect(steps.tcp?.advice).toContain(words);
    expect(steps.tls?.status).toBe('skipped');
    expect(JSON.stringify(steps)).not.toContain('p4ssword');
  });

  it('whose certificate is not trusted nothing is reached', async () => {
    const { url } = await proxy({ tls: certificate });
    const steps = await check(target('wss://agent.invalid/x', { proxy: url }));
    expect(steps.tcp?.advice).toContain('The certificate of the proxy is not accepted');
  });

  it('that is not there, or whose address is none, nothing is reached', async () => {
    const { close, url } = await connectProxy();
    close();
    const gone = await check(target('wss://agent.invalid/x', { proxy: url }));
    expect(gone.tcp?.advice).toContain('Nothing listens');
    const wrong = await check(target('wss://agent.invalid/x', { proxy: 'socks5://127.0.0.1:1' }));
    expect(wrong.url?.status).toBe('failed');
    expect(wrong.url?.detail).toContain('the address of the proxy');
  });
});

describe('what a server repeats', () => {
  it('is shown without what is secret in it', () => {
    const mask = new Mask(
      target('wss://me:l0gin-word@agent/x?sig=a%2Fb%2Fc%2Fd&room=blue', {
        headers: {
          Authorization: 'Bearer tok3n-value',
          'X-Filled': 'filled-from-a-secret',
          'X-Env': 'staging',
        },
        proxy: 'http://user:pr0xyword@127.0.0.1:1',
      }),
    );
    const login = Buffer.from('me:l0gin-word').toString('base64');
    const said = `no Bearer tok3n-value (tok3n-value), l0gin-word ${login} a/b/c/d filled-from-a-secret pr0xyword in staging, room blue`;
    expect(mask.text(said)).toBe('no *** (***), *** *** *** *** *** in staging, room blue');
    expect(
      mask.frame({
        n: 0, at: 0, direction: 'received', kind: 'error', class: 'error', bytes: 10, level: null, audioMs: null,
        text: '{"token":"tok3n-value"}',
      }), // prettier-ignore
    ).toMatchObject({ text: '{"token":"***"}' });
  });
});
