/** The client against the `ws` library's server, and against servers that misbehave. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocketServer, type RawData, type ServerOptions, type WebSocket } from 'ws';
import { localCertificate, type LocalCertificate } from '../../../test/fixtures/localAuthority.ts';
import { Clock } from '../clock.ts';
import { dialled, type Told } from './testing.ts';
import type { ConnectOptions } from './transport.ts';
import { createWebSocketTransport } from './webSocket.ts';

const transport = createWebSocketTransport(new Clock(process.hrtime.bigint()));
const cleanUps: (() => void)[] = [];
afterEach(() => cleanUps.splice(0).forEach((clean) => clean()));

function dial(
  url: string,
  more: Partial<ConnectOptions> & { ca?: string | null; verify?: boolean } = {},
): Told {
  const { ca = null, verify = true, ...options } = more;
  const told = dialled(transport, url, { tls: { verify, ca } }, options);
  cleanUps.push(() => told.connection.terminate());
  return told;
}

const text = (data: RawData) => (Buffer.isBuffer(data) ? data.toString() : '');
const until = (holds: () => unknown) => vi.waitFor(() => expect(holds()).toBeTruthy(), { timeout: 10_000 });

async function serve(
  onCall: (socket: WebSocket, request: IncomingMessage) => void,
  options: ServerOptions = {},
): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
  cleanUps.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', onCall);
  await new Promise((resolve) => server.once('listening', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function serveRaw(onSocket: (socket: Socket) => void): Promise<string> {
  const server: Server = createServer(onSocket);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The head that opens the WebSocket a request asks for. */
function answerTo(request: Buffer): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request.toString())?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

describe('a call', () => {
  it('carries messages of every size both ways', async () => {
    const url = await serve((socket) =>
      socket.on('message', (data, binary) => socket.send(data, { binary, compress: false })),
    );
    const { connection, messages, opened } = dial(url);
    await until(() => opened.length === 1);
    const texts = ['', 'x', 'y'.repeat(126), 'ä'.repeat(40_000), 'z'.repeat(300_000)];
    for (const text of texts) connection.send(Buffer.from(text), false);
    connection.send(Buffer.from('bytes'), true);
    await until(() => messages.length === texts.length + 1);
    expect(messages.slice(0, -1).map((m) => m.text)).toEqual(texts);
    expect(messages.at(-1)).toEqual({ text: 'bytes', binary: true });
  });

  it('does not mix up the calls that read into the same memory', async () => {
    const url = await serve((socket) => {
      socket.on('message', (data) => {
        for (let n = 0; n < 50; n++) socket.send(`${text(data)}:${n}:${'p'.repeat(n * 90)}`);
      });
    });
    const calls = Array.from({ length: 8 }, () => dial(url));
    await until(() => calls.every((c) => c.opened.length === 1));
    calls.forEach((c, i) => c.connection.send(Buffer.from(`call${i}`), false));
    await until(() => calls.every((c) => c.messages.length === 50));
    calls.forEach((c, i) =>
      expect(c.messages.map((m) => m.text)).toEqual(
        Array.from({ length: 50 }, (_, n) => `call${i}:${n}:${'p'.repeat(n * 90)}`),
      ),
    );
  });

  it('answers pings, and hears fragments with a ping between', async () => {
    const pongs: string[] = [];
    const url = await serve((socket) => {
      socket.on('pong', (data) => pongs.push(data.toString()));
      socket.send('first half, ', { fin: false });
      socket.ping('still there?');
      socket.send('second half', { fin: true });
    });
    const { messages } = dial(url);
    await until(() => messages.length === 1 && pongs.length === 1);
    expect(messages).toEqual([{ text: 'first half, second half', binary: false }]);
    expect(pongs).toEqual(['still there?']);
  });

  it('sends its headers and reports its timings', async () => {
    let seen: Record<string, unknown> = {};
    const url = await serve(() => undefined, {
      verifyClient: ({ req }: { req: { headers: Record<string, unknown> } }) => {
        seen = req.headers;
        return true;
      },
    });
    const { opened } = dial(url, { headers: { 'x-ms-call-connection-id': 'c7' } });
    await until(() => opened.length === 1);
    expect(seen['x-ms-call-connection-id']).toBe('c7');
    expect(seen['sec-websocket-extensions']).toBeUndefined();
    const { connect, dns, tcp, tls, upgrade } = opened[0] ?? {};
    expect(dns).toBeNull();
    expect(tls).toBeNull();
    expect((tcp ?? 0) + (upgrade ?? 0)).toBeCloseTo(connect ?? 0, 6);
  });

  it('hears what comes together with the answer to the upgrade', async () => {
    const url = await serveRaw((socket) =>
      socket.once('data', (request) => {
        const head = answerTo(request);
        socket.write(head.slice(0, 40));
        setImmediate(() =>
          socket.write(
            Buffer.concat([Buffer.from(head.slice(40)), Buffer.from([0x81, 2]), Buffer.from('hi')]),
          ),
        );
      }),
    );
    const { messages } = dial(url);
    await until(() => messages.length === 1);
    expect(messages[0]?.text).toBe('hi');
  });
});

describe('the end of a call', () => {
  it('is not told to whoever ended it, even when the agent hangs up in the same breath', async () => {
    let gone = false;
    const url = await serveRaw((socket) => {
      socket.once('close', () => (gone = true));
      socket.once('data', (request) => {
        const message = Buffer.concat([Buffer.from([0x81, 2]), Buffer.from('hi')]);
        const goodbye = Buffer.from([0x88, 2, 0x03, 0xe8]);
        socket.write(Buffer.concat([Buffer.from(answerTo(request)), message, goodbye]));
      });
    });
    const heard: string[] = [];
    const { connection } = dial(url, {
      listener: {
        onOpen: () => heard.push('open'),
        onMessage: () => {
          heard.push('message');
          connection.terminate();
        },
        onClose: () => heard.push('close'),
        onFailure: () => heard.push('failure'),
      },
    });
    await until(() => gone);
    expect(heard).toEqual(['open', 'message']);
  });

  it('is told with the code and reason of the agent, once', async () => {
    const ended: number[] = [];
    const url = await serve((socket) => {
      socket.on('close', (code) => ended.push(code));
      socket.close(1011, 'the recogniser failed');
    });
    const { closed } = dial(url);
    await until(() => closed.length > 0 && ended.length > 0);
    expect(closed).toEqual([{ code: 1011, reason: 'the recogniser failed' }]);
    expect(ended).toEqual([1011]);
  });

  it('is abnormal when the connection is just gone', async () => {
    const url = await serve((socket) => socket.terminate());
    const { closed } = dial(url);
    await until(() => closed.length > 0);
    expect(closed).toEqual([{ code: 1006, reason: '' }]);
  });

  it('of our own says goodbye and is not told back', async () => {
    const ended: { code: number; reason: string }[] = [];
    const url = await serve((socket) =>
      socket.on('close', (code, reason) => ended.push({ code, reason: reason.toString() })),
    );
    const { connection, opened, closed } = dial(url);
    await until(() => opened.length === 1);
    connection.close(1000, `call ended ${'é'.repeat(200)}`);
    await until(() => ended.length === 1);
    expect(ended[0]?.code).toBe(1000);
    expect(ended[0]?.reason).toMatch(/^call ended éé/);
    expect(closed).toEqual([]);
  });

  it('follows words that are no WebSocket', async () => {
    const codes: number[] = [];
    const url = await serve((socket, request) => {
      socket.on('close', (code) => codes.push(code));
      request.socket.write(Buffer.from([0xf1, 0x00]));
    });
    const { closed } = dial(url);
    await until(() => closed.length === 1 && codes.length === 1);
    expect(closed[0]?.code).toBe(1002);
    expect(codes).toEqual([1002]);
  });
});

describe('a call that does not come about', () => {
  it.each([
    ['a server that is full', (s: Socket) => s.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'), 'http_503'],
    ['one that is no web server', (s: Socket) => s.write('220 mail.local ESMTP\r\n'), 'protocol'],
    ['one that hangs up', (s: Socket) => s.end(), 'reset'],
    ['one that resets', (s: Socket) => s.resetAndDestroy(), 'reset'],
    [
      'one that talks for ever',
      (s: Socket) => s.write(`HTTP/1.1 101 X\r\n${'a: b\r\n'.repeat(20_000)}`),
      'protocol',
    ],
  ])('%s', async (_, behave, kind) => {
    const url = await serveRaw((socket) => socket.once('data', () => behave(socket)));
    const { failures, closed, opened } = dial(url);
    await until(() => failures.length > 0);
    expect(failures.map((f) => f.kind)).toEqual([kind]);
    expect([...closed, ...opened]).toEqual([]);
  });

  it('nobody listens', async () => {
    const url = await serveRaw(() => undefined);
    cleanUps.splice(0).forEach((clean) => clean());
    const { failures } = dial(url);
    await until(() => failures.length > 0);
    expect(failures[0]?.kind).toBe('refused');
  });

  it('nobody answers in time', async () => {
    const url = await serveRaw(() => undefined);
    const { failures } = dial(url, { timeoutMs: 50 });
    await until(() => failures.length > 0);
    expect(failures[0]?.kind).toBe('connect_timeout');
  });

  it('a header cannot be sent', async () => {
    const { failures } = dial('ws://127.0.0.1:1/', { headers: { 'x-token': 'a\r\nb: c' } });
    await until(() => failures.length > 0);
    expect(failures[0]?.kind).toBe('protocol');
  });

  it('an end before it is open is silent', async () => {
    const url = await serve(() => undefined);
    const { connection, opened, failures, closed } = dial(url);
    connection.close(1000, '');
    const other = dial(url);
    await until(() => other.opened.length === 1);
    expect([...opened, ...failures, ...closed]).toEqual([]);
  });
});

describe('over TLS', () => {
  let certificate: LocalCertificate;
  let url: string;
  beforeAll(async () => {
    certificate = await localCertificate();
    const https = createHttpsServer({ key: certificate.key, cert: certificate.cert });
    const server = new WebSocketServer({ server: https });
    server.on('connection', (socket) =>
      socket.on('message', (data) => socket.send(data, { binary: false, compress: false })),
    );
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    url = `wss://localhost:${(https.address() as AddressInfo).port}/`;
    return () => {
      for (const client of server.clients) client.terminate();
      https.close();
    };
  });

  it('speaks with an agent whose authority is trusted', async () => {
    const { connection, opened, messages } = dial(url, { ca: certificate.ca });
    await until(() => opened.length === 1);
    expect(opened[0]?.tls).toBeGreaterThan(0);
    for (let n = 0; n < 100; n++) connection.send(Buffer.from(`${n} ${'a'.repeat(n * 40)}`), false);
    await until(() => messages.length === 100);
    expect(messages.map((m) => Number(m.text.split(' ')[0]))).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
  });

  it('refuses one that is not', async () => {
    const { failures } = dial(url);
    await until(() => failures.length > 0);
    expect(failures[0]?.kind).toBe('tls');
  });

  it('speaks with it all the same when told not to look', async () => {
    const { opened } = dial(url, { verify: false });
    await until(() => opened.length === 1);
  });
});
