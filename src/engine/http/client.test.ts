/** Requests to servers of this process: their parts, their ends, and what they leave open. */
import { createServer as createTcpServer } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpOutcome } from './exchange.ts';
import { answering, clientOf, requestOf, sent, serving, type ClientWishes } from './testing.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

async function server(...args: Parameters<typeof answering>) {
  const started = await answering(...args);
  cleanUps.push(() => started.close());
  return started;
}

function client(wishes: ClientWishes = {}) {
  const made = clientOf(wishes);
  cleanUps.unshift(() => made.close());
  return made;
}

/** A server that says these bytes to the first request of each connection, then does `after`. */
async function saying(text: string, after: 'close' | 'reset' | 'stay') {
  const tcp = createTcpServer((socket) => {
    cleanUps.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(text, () => {
        if (after === 'close') socket.end();
        if (after === 'reset') socket.resetAndDestroy();
      });
    });
  });
  const started = await serving(tcp);
  cleanUps.push(() => started.close());
  return started;
}

describe('an answer', () => {
  it('has its stamps in order, its status, head and body', async () => {
    const { url } = await server((request, response) => {
      response.setHeader('X-Seen', [request.method ?? '', 'b']);
      response.statusCode = 201;
      response.end('made');
    });
    const before = await sent(client().session(), `${url}/a`, { method: 'POST', body: Buffer.from('x=1') });
    expect(before).toMatchObject({
      status: 201, httpVersion: '1.1', redirected: 0, failure: null, tokens: null, messages: [],
    }); // prettier-ignore
    expect(before.headers['x-seen']).toEqual(['POST', 'b']);
    expect(before.body?.toString()).toBe('made');
    expect(before.sentAt).toBeLessThanOrEqual(before.firstByteAt ?? 0);
    expect(before.firstByteAt).toBeLessThanOrEqual(before.endedAt);
  });

  it('counts the bytes on the wire, heads included', async () => {
    const heads: string[] = [];
    const tcp = createTcpServer((socket) => {
      cleanUps.push(() => socket.destroy());
      socket.on('data', (chunk) => {
        heads.push(chunk.toString());
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
      });
    });
    const { url, close } = await serving(tcp);
    cleanUps.push(close);
    const session = client().session();
    for (const path of ['/one', '/three']) {
      const { bytesSent, bytesReceived } = await sent(session, url + path);
      expect(bytesSent).toBe(heads.at(-1)?.length);
      expect(bytesReceived).toBe('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'.length);
    }
  });

  it('says what opening its connection took, only when one was opened for it', async () => {
    const { url, port } = await server((_, response) => response.end());
    const session = client().session();
    const first = await sent(session, url);
    const second = await sent(session, url);
    const byName = await sent(session, `http://localhost:${port}`);
    expect(second.connection).toBeNull();
    expect(first.connection).toMatchObject({ dns: 0, tls: 0 });
    expect(first.connection?.tcp).toBeGreaterThan(0);
    expect(byName.connection?.dns).toBeGreaterThan(0);
  });

  it('opens a connection for each request without keep-alive', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await server((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const session = client({ http: { keepAlive: false } }).session();
    for (let i = 0; i < 3; i++) expect((await sent(session, url)).connection).not.toBeNull();
    expect(ports.size).toBe(3);
  });

  it('keeps its connection after HEAD, and after DELETE with a body', async () => {
    const { url } = await server((_, response) => response.end('x'));
    const session = client().session();
    await sent(session, url);
    const head = await sent(session, url, { method: 'HEAD' });
    const deleted = await sent(session, url, { method: 'DELETE', body: Buffer.from('{}') });
    const last = await sent(session, url);
    expect([head, deleted, last].map(({ connection }) => connection)).toEqual([null, null, null]);
    expect(head.body?.length).toBe(0);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('is decoded from %s when its body is wanted', async (encoding, compress) => {
    const text = 'the same again '.repeat(20_000);
    const { url } = await server((request, response) => {
      response.setHeader('content-encoding', encoding);
      response.end(request.url === '/small' ? compress('small') : compress(text));
    });
    const session = client().session();
    expect((await sent(session, `${url}/small`)).body?.toString()).toBe('small');
    expect((await sent(session, `${url}/large`)).body?.toString()).toBe(text);
    expect((await sent(session, `${url}/large`, { wantsBody: false })).body).toBeNull();
  });

  it('that is needed and grows beyond the limit is not read on', async () => {
    const { url } = await server((_, response) => {
      const piece = Buffer.alloc(256 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const endless = await sent(client().session(), url, { needsBody: true });
    expect(endless).toMatchObject({ status: 200, body: null, failure: { kind: 'body_too_large' } });
  });

  it('fails when it is not in the encoding that it names, or grows beyond the limit', async () => {
    const { url } = await server((request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(request.url === '/bomb' ? gzipSync(Buffer.alloc(8_000_000)) : 'plain');
    });
    const session = client().session();
    expect((await sent(session, url)).failure).toEqual({
      kind: 'protocol',
      message: 'the body is not gzip, as its content-encoding says',
    });
    expect((await sent(session, `${url}/bomb`)).failure?.kind).toBe('body_too_large');
  });

  it('is counted and dropped beyond the limit, and fails only when it was wanted', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const { url } = await server((_, response) => {
      let left = 40;
      const more = (): void => {
        while (left-- > 0) if (!response.write(piece)) return;
        response.end();
      };
      response.on('drain', more);
      more();
    });
    const session = client().session();
    const wanted = await sent(session, url);
    expect(wanted).toMatchObject({ status: 200, body: null });
    expect(wanted.failure).toEqual({
      kind: 'body_too_large',
      message: 'the body is larger than the 1 MB that are kept of one (max_body)',
    });
    expect(wanted.bytesReceived).toBeGreaterThan(40_000_000);
    const unwanted = await sent(session, url, { wantsBody: false });
    expect(unwanted).toMatchObject({ status: 200, body: null, failure: null });
  });
});

describe('a request that fails', () => {
  it('finds nobody listening', async () => {
    const { url, close } = await saying('', 'stay');
    close();
    const outcome = await sent(client().session(), url);
    expect(outcome).toMatchObject({ sentAt: null, status: null, httpVersion: null, connection: null });
    expect(outcome.failure?.kind).toBe('refused');
  });

  it.each([
    ['before the answer', '', 'close', 'the connection ended before an answer came'],
    ['before the answer, by a reset', '', 'reset', 'the connection ended before an answer came'],
    [
      'in the middle of the body',
      'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhalf',
      'reset',
      'the connection ended before the whole answer had come',
    ],
    [
      'in the middle of a chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf',
      'close',
      'the connection ended before the whole answer had come',
    ],
  ] as const)('is reset %s', async (_, text, after, message) => {
    const { url } = await saying(text, after);
    const outcome = await sent(client().session(), url);
    expect(outcome.failure).toEqual({ kind: 'reset', message });
    expect(outcome.sentAt).not.toBeNull();
  });

  it('is told something that is not HTTP', async () => {
    const { url } = await saying('220 smtp ready\r\n', 'stay');
    expect((await sent(client().session(), url)).failure?.kind).toBe('protocol');
  });

  it('has headers or an address that cannot be sent', async () => {
    const session = client().session();
    const kinds = [
      await sent(session, 'http://127.0.0.1:1/', { headers: { 'x-a': 'one\ntwo' } }),
      await sent(session, 'ftp://127.0.0.1/'),
      await sent(session, 'http://127.0.0.1:99999/'),
    ].map(({ failure }) => failure?.kind);
    expect(kinds).toEqual(['invalid_request', 'invalid_request', 'invalid_request']);
  });

  it('runs out of time before, during and after its connection was made, and the next one goes through', async () => {
    const { url } = await server((request, response) => {
      if (request.url === '/body') response.write('some');
      if (request.url === '/well') response.end('well');
    });
    const session = client().session();
    const silent = await sent(session, `${url}/silent`, { timeoutMs: 60 });
    expect(silent.failure).toEqual({ kind: 'request_timeout', message: 'no answer came within 0.06 s' });
    const body = await sent(session, `${url}/body`, { timeoutMs: 200 });
    expect(body.failure?.message).toBe('the answer did not end within 0.2 s');
    expect(body.status).toBe(200);
    expect((await sent(session, `${url}/well`)).body?.toString()).toBe('well');
  });

  it('waits in vain for a place on a connection that others use', async () => {
    const { url } = await server((request, response) => {
      if (request.url === '/well') response.end();
    });
    const made = client({ http: { connections: 1 } });
    const held = sent(made.session(), url, { timeoutMs: 400 });
    const late = await sent(made.session(), url, { timeoutMs: 50 });
    expect(late).toMatchObject({ sentAt: null, failure: { kind: 'request_timeout' } });
    expect((await held).failure?.kind).toBe('request_timeout');
    expect((await sent(made.session(), `${url}/well`)).status).toBe(200);
  });

  it('is given up while it waits, is under way, or has ended', async () => {
    const { url } = await server((request, response) => {
      if (request.url === '/well') response.end();
    });
    const session = client().session();
    const ended: HttpOutcome[] = [];
    const give = (path: string) => session.send(requestOf(url + path), (outcome) => ended.push(outcome));
    give('/at-once')();
    expect(ended.map(({ failure }) => failure?.kind)).toEqual(['aborted']);
    const second = give('/');
    const third = give('/queued');
    await turn();
    third();
    second();
    second();
    expect(ended.map(({ failure }) => failure?.kind)).toEqual(['aborted', 'aborted', 'aborted']);
    expect((await sent(session, `${url}/well`)).failure).toBeNull();
  });

  it('ends when its session or client is closed, and none can be made after', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<undefined>();
    const { url } = await server(() => resolve(undefined));
    const made = client();
    const session = made.session();
    const open = [sent(session, url), sent(made.session(), url)];
    await arrived;
    session.close();
    made.close();
    expect((await Promise.all(open)).map(({ failure }) => failure?.kind)).toEqual(['aborted', 'aborted']);
    expect((await sent(session, url)).failure?.kind).toBe('aborted');
  });
});

describe('shared connections', () => {
  it('are as many as were asked for, whoever asks', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await server((request, response) => {
      ports.add(request.socket.remotePort);
      setImmediate(() => response.end());
    });
    const made = client({ http: { connections: 3 } });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => sent(made.session(), url)));
    expect(outcomes.every(({ status }) => status === 200)).toBe(true);
    expect(ports.size).toBe(3);
    expect(outcomes.filter(({ connection }) => connection !== null)).toHaveLength(3);
  });

  it('stay when one of their sessions is closed', async () => {
    const { url } = await server((_, response) => response.end());
    const made = client({ http: { connections: 1 } });
    const leaving = made.session();
    await sent(leaving, url);
    leaving.close();
    expect((await sent(made.session(), url)).connection).toBeNull();
  });
});
