/** Redirects and cookies, within one origin and to another. */
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Cookies } from './cookies.ts';
import { redirected } from './redirects.ts';
import { answering, clientOf, sent } from './testing.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

interface Seen {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

/** `/<status>/…` redirects to `to`; all else is answered. */
async function redirecting(to: () => string) {
  const seen: Seen[] = [];
  const started = await answering((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, path: request.url, headers: request.headers, body });
      const status = Number(/^\/(\d{3})/.exec(request.url ?? '')?.[1] ?? 200);
      if (status !== 200) response.setHeader('location', to());
      response.setHeader('set-cookie', [`from=${status}; Path=/`, 'kept=1']);
      response.statusCode = status;
      response.end('done');
    });
  });
  cleanUps.push(() => started.close());
  return { ...started, seen };
}

function session(headers: Record<string, string> = {}) {
  const client = clientOf({ target: { headers } });
  cleanUps.unshift(() => client.close());
  return client.session();
}

describe('a redirect', () => {
  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', 'x=1'],
    [307, 'POST', 'POST', 'x=1'],
    [308, 'DELETE', 'DELETE', 'x=1'],
  ])('%i turns %s into %s', async (status, method, then, body) => {
    const { url, seen } = await redirecting(() => '/there?q=1');
    const outcome = await sent(session(), `${url}/${status}`, {
      method,
      body: Buffer.from('x=1'),
      headers: { 'content-type': 'text/plain', 'x-own': 'stays' },
    });
    expect(outcome).toMatchObject({ status: 200, redirected: 1, failure: null });
    expect(seen[1]).toMatchObject({ method: then, path: '/there?q=1', body, headers: { 'x-own': 'stays' } });
    expect(seen[1]?.headers['content-type']).toBe(body === '' ? undefined : 'text/plain');
  });

  it('is an answer when none are followed, or when it leads nowhere', async () => {
    const { url } = await redirecting(() => 'mailto:a@b');
    const none = await sent(session(), `${url}/302`, { redirects: 0 });
    expect(none).toMatchObject({ status: 302, redirected: 0, failure: null });
    expect(none.body?.toString()).toBe('done');
    expect(await sent(session(), `${url}/302`)).toMatchObject({ status: 302, failure: null });
  });

  it('that never ends fails after as many as are followed', async () => {
    const { url, seen } = await redirecting(() => '/302');
    const outcome = await sent(session(), `${url}/302`, { redirects: 3 });
    expect(outcome.failure).toEqual({
      kind: 'redirects',
      message: 'the server redirects further after 3 redirects',
    });
    expect(seen).toHaveLength(4);
  });

  it('to another origin leaves the headers of the environment, credentials and cookies behind', async () => {
    const other = await redirecting(() => '/');
    const first = await redirecting(() => `${other.url}/there`);
    const headers = {
      'x-api-key': 'secret',
      authorization: 'Bearer t',
      cookie: 'mine=1',
      'x-own': 'stays',
    };
    await sent(session({ 'X-Api-Key': 'secret' }), `${first.url}/302`, { headers });
    expect(first.seen[0]?.headers).toMatchObject(headers);
    const arrived = other.seen[0]?.headers ?? {};
    expect(arrived['x-own']).toBe('stays');
    expect(arrived).not.toHaveProperty('x-api-key');
    expect(arrived).not.toHaveProperty('authorization');
    expect(arrived).not.toHaveProperty('cookie');
  });

  it('back to where it came from does not bring them back', () => {
    const start = { method: 'GET', url: 'http://a/', headers: { 'x-key': 's' }, body: null };
    const targetHeaders = new Set(['x-key']);
    const away = redirected(start, 302, 'http://b/', targetHeaders);
    expect(redirected(away, 302, 'http://a/', targetHeaders).headers).toEqual({});
  });
});

describe('cookies', () => {
  it('are kept of every answer on the way and sent where they belong', async () => {
    const other = await redirecting(() => '/');
    const first = await redirecting(() => `${other.url.replace('127.0.0.1', 'localhost')}/there`);
    const cookies = new Cookies();
    const user = session();
    await sent(user, `${first.url}/302/a`, { cookies });
    expect(first.seen[0]?.headers.cookie).toBeUndefined();
    expect(other.seen[0]?.headers.cookie).toBeUndefined();
    await sent(user, `${first.url}/302/a`, { cookies, headers: { cookie: 'own=1' } });
    expect(first.seen[1]?.headers.cookie).toBe('own=1; kept=1; from=302');
    expect(other.seen[1]?.headers.cookie).toBe('from=200; kept=1');
  });

  it('are none where none were set, and broken ones are left out', () => {
    const cookies = new Cookies();
    expect(cookies.for('http://a.test/')).toBe('');
    cookies.set('http://a.test/', ['', ';;', 'x=1; Domain=b.test', 'good=1; Max-Age=60']);
    expect(cookies.for('http://a.test/')).toBe('good=1');
  });
});
