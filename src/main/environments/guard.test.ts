import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer as createTcp, type Socket } from 'node:net';
import { afterEach, expect, it, describe } from 'vitest';
import { Guard } from '#contract/scenario/environment';
import { localCertificate } from '../../../test/fixtures/localAuthority.ts';
import type { TargetWay } from './connect.ts';
import { askGuard, fillGuard } from './guard.ts';
import { largestAnswerBytes } from './guardRequest.ts';
import { answering, onLoopback, type LoopbackServer } from './testing.ts';
import { readValues, textsIn } from './values.ts';

const open: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = await answering(listener);
  open.push(server);
  return server.port;
}
const says =
  (body: unknown, status = 200): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const plainWay: TargetWay = { tls: { verify: true, ca: null }, proxy: null };

async function ask(
  guard: unknown,
  {
    way = plainWay,
    env = {},
    signal,
  }: { way?: TargetWay; env?: Record<string, string>; signal?: AbortSignal } = {},
) {
  const parsed = Guard.parse(guard);
  const filled = fillGuard(parsed, await readValues(textsIn(parsed), {}, { env, secrets: null }));
  if (!filled.ok) throw new Error(filled.error.message);
  return askGuard(filled.value, way, signal);
}
const at = (port: number, path = '/health') => `http://127.0.0.1:${port}${path}`;

describe('a guard', () => {
  it('passes when the answer says what it must, at the path it must', async () => {
    const port = await serve(
      says({ app_env: 'test', region: { name: 'west' }, 'a.b': 1, list: [{ x: true }] }),
    );
    const report = await ask({
      url: at(port),
      expect: { app_env: 'test', 'region.name': 'west', 'a.b': '1', 'list.0.x': true },
    });
    expect(report).toMatchObject({ passed: true, status: 200 });
    expect(report.message).toContain('says app_env: "test", region.name: "west"');
    expect(report.ms).toBeGreaterThan(0);
  });

  it.each([
    [{ app_env: 'production' }, { app_env: 'test' }, 'says app_env: "production", not "test".'],
    [{ env: 'test' }, { app_env: 'test' }, 'has no app_env; it must be "test".'],
    [{ app_env: { name: 'test' } }, { app_env: 'test' }, 'says app_env: {"name":"test"}, not "test".'],
    [{ app_env: 'x'.repeat(500) }, { app_env: 'test' }, 'xxx…, not "test".'],
    [{ api_key: 'hunter2' }, { api_key: 'other' }, 'says api_key: ***, not ***.'],
    [{ app_env: 'test' }, 'staging', 'does not say "staging".'],
  ])('%j against %j', async (answer, expected, sentence) => {
    const report = await ask({ url: at(await serve(says(answer))), expect: expected });
    expect(report).toMatchObject({ passed: false, status: 200 });
    expect(report.message).toContain(sentence);
    expect(report.message).not.toContain('hunter2');
  });

  it('shows nothing of its secrets when the answer repeats them', async () => {
    const port = await serve((request, response) => {
      const key = String(request.headers['x-key']);
      if (request.url === '/moved') response.writeHead(302, { location: `/other?k=${key}` }).end();
      else response.end(JSON.stringify({ app_env: `for ${key}` }));
    });
    const env = { KEY: 'hunter2-and-more' };
    for (const path of ['/health', '/moved']) {
      const guard = {
        url: at(port, path),
        headers: { 'x-key': '${secret:KEY}' },
        expect: { app_env: 'test' },
      };
      const { message, passed } = await ask(guard, { env });
      expect(passed).toBe(false);
      expect(message).toContain('***');
      expect(message).not.toContain('hunter2');
    }
  });

  it('finds a text anywhere, and says when JSON was expected and is not there', async () => {
    const port = await serve((_request, response) => response.end('<b>all is well in TEST</b>'));
    expect((await ask({ url: at(port), expect: 'in TEST' })).passed).toBe(true);
    const report = await ask({ url: at(port), expect: { app_env: 'test' } });
    expect(report.message).toContain('is not JSON, so it has no app_env.');
  });

  it('sends its headers filled in, and shows nothing of them', async () => {
    const port = await serve((request, response) =>
      response.writeHead(request.headers['x-key'] === 'opensesame' ? 200 : 401).end('{"app_env":"test"}'),
    );
    const guard = {
      url: at(port, '/h?code=${secret:CODE}'),
      expect: 'test',
      headers: { 'x-key': '${secret:KEY}' },
    };
    const env = { KEY: 'opensesame', CROSSTALK_SECRET_CODE: 'c0de' };
    const passed = await ask(guard, { env });
    expect(passed).toMatchObject({ passed: true });
    const refused = await ask(guard, { env: { ...env, KEY: 'wrongword' } });
    expect(refused.message).toContain('answered HTTP 401: give the guard the headers it wants');
    for (const { message } of [passed, refused]) expect(message).not.toMatch(/opensesame|wrongword|c0de/);
  });

  it('does not follow where it is pointed', async () => {
    let followed = 0;
    const elsewhere = await serve((_request, response) => {
      followed += 1;
      response.end('test');
    });
    const port = await serve((_request, response) =>
      response.writeHead(302, { location: `${at(elsewhere)}?token=abc` }).end(),
    );
    const report = await ask({ url: at(port), expect: 'test' });
    expect(report).toMatchObject({ passed: false, status: 302 });
    expect(report.message).toContain(
      `points elsewhere (HTTP 302) to ${at(elsewhere)}?token=***, which is not followed`,
    );
    expect(followed).toBe(0);
  });

  it('reads no more than a health answer has', async () => {
    const port = await serve((_request, response) => {
      response.write(Buffer.alloc(largestAnswerBytes, 'x'));
      response.end('more');
    });
    const report = await ask({ url: at(port), expect: 'x' });
    expect(report).toMatchObject({ passed: false, status: 200 });
    expect(report.message).toContain('answered with more than 1 MB');
  });

  it('does not wait for a server that hangs, before or in the middle of its answer', async () => {
    const silent = await serve(() => undefined);
    const half = await serve((_request, response) => void response.write('{"app_env":'));
    for (const port of [silent, half]) {
      const report = await ask({ url: at(port), expect: 'test', timeout: '150ms' });
      expect(report).toMatchObject({ passed: false, status: null });
      expect(report.message).toContain('gave no answer: no whole answer within 150 ms.');
    }
  });

  it('can be given up', async () => {
    const asked = new AbortController();
    const port = await serve(() => asked.abort());
    expect((await ask({ url: at(port), expect: 'x' }, { signal: asked.signal })).message).toContain(
      'was cancelled',
    );
  });

  it('says why nobody answers', async () => {
    const closed = await answering(() => undefined);
    await closed.close();
    expect((await ask({ url: at(closed.port), expect: 'x' })).message).toContain('connection refused');
    const babbling = createTcp((socket) => void socket.resume().end('hello there\r\n\r\n'));
    await new Promise<void>((resolve) => babbling.listen(0, '127.0.0.1', resolve));
    const address = babbling.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect((await ask({ url: at(port), expect: 'x' })).message).toContain('what answers there is not HTTP');
    await new Promise((resolve) => babbling.close(resolve));
  });

  it('is asked over TLS as its target is', async () => {
    const { ca, key, cert } = await localCertificate();
    const server = await onLoopback(createHttps({ key, cert }, says({ app_env: 'test' })));
    open.push(server);
    const guard = { url: `https://localhost:${server.port}/health`, expect: { app_env: 'test' } };
    const unknown = await ask(guard);
    expect(unknown.message).toContain('of an authority not known here; give it as tls.ca');
    expect((await ask(guard, { way: { tls: { verify: true, ca }, proxy: null } })).passed).toBe(true);
    expect((await ask(guard, { way: { tls: { verify: false, ca: null }, proxy: null } })).passed).toBe(true);
    const plain = await serve(says({}));
    const wrong = await ask({ ...guard, url: `https://127.0.0.1:${plain}/` });
    expect(wrong.message).toMatch(/does not speak TLS there/);
  });

  it('goes through the proxy of its target', async () => {
    const asked: string[] = [];
    const { ca, key, cert } = await localCertificate();
    const health = await onLoopback(createHttps({ key, cert }, says({ app_env: 'test' })));
    open.push(health);
    const proxy = createServer();
    proxy.on('connect', (request, socket: Socket) => {
      asked.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      if (request.headers['proxy-authorization'] === undefined)
        return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const to = connect(Number(port), host === 'localhost' ? '127.0.0.1' : host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        to.pipe(socket).pipe(to);
      });
      to.on('error', () => socket.destroy());
      socket.on('error', () => to.destroy());
    });
    const through = await onLoopback(proxy);
    open.push(through);
    const guard = { url: `https://localhost:${health.port}/h`, expect: { app_env: 'test' } };
    const way = (user: string): TargetWay => ({
      tls: { verify: true, ca },
      proxy: `http://${user}127.0.0.1:${through.port}`,
    });
    expect(await ask(guard, { way: way('me:pa%3Ass@') })).toMatchObject({ passed: true });
    expect(asked).toEqual([`localhost:${health.port} Basic ${Buffer.from('me:pa:ss').toString('base64')}`]);
    const plain = await serve(says({ app_env: 'test' }));
    const clear = { url: `http://127.0.0.1:${plain}/h`, expect: { app_env: 'test' } };
    expect(await ask(clear, { way: way('me:x@') })).toMatchObject({ passed: true });
    const refused = await ask(guard, { way: way('') });
    expect(refused.message).toContain(`the proxy http://127.0.0.1:${through.port} wants a user and password`);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['hangs up', (socket) => socket.end(), 'hung up without opening a way to the health address'],
    ['resets', (socket) => socket.resetAndDestroy(), 'hung up without opening a way to the health address'],
    ['speaks something else', (socket) => socket.write('220 ready\r\n'), 'is no HTTP proxy'],
    [
      'cannot reach it',
      (socket) => socket.write('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
      'could not reach the health address (HTTP 502)',
    ],
    ['says nothing', () => undefined, 'no whole answer within 150 ms'],
  ])('says it when the proxy %s', async (_what, answer, why) => {
    const proxy = createTcp((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    });
    const through = await onLoopback(proxy);
    open.push(through);
    const way: TargetWay = {
      tls: { verify: true, ca: null },
      proxy: `http://127.0.0.1:${through.port}`,
    };
    const timeout = why.includes('150 ms') ? '150ms' : '10s';
    const guard = { url: 'http://127.0.0.1:1/h', expect: 'ok', timeout };
    expect((await ask(guard, { way })).message).toContain(why);
  });

  it('without a value for a placeholder is not asked', async () => {
    const guard = Guard.parse({ url: 'http://127.0.0.1/${env:NOWHERE}', expect: 'x' });
    const filled = fillGuard(guard, await readValues(textsIn(guard), {}, { env: {}, secrets: null }));
    expect(filled).toMatchObject({
      ok: false,
      error: {
        code: 'placeholder_unset',
        message: 'The guard needs ${env:NOWHERE}: set the environment variable NOWHERE.',
      },
    });
  });
});
