/** The locustfile's WebSocket clients: its own, and websocket-client where it is installed, against servers on loopback. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { localCertificate } from '../fixtures/localAuthority.ts';
import { hasLibrary, noPython, play, python } from './python.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function portOf(server: { address(): ReturnType<Server['address']> }): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server is not listening');
  return address.port;
}

function listening(server: Server | ReturnType<typeof createHttps>): Promise<number> {
  open.push(() => server.close());
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server))));
}

/** A server that upgrades properly and then does as it likes with the bytes. */
async function raw(
  onOpen: (socket: Socket) => void,
  onFrames: (received: Buffer, socket: Socket) => void = () => {},
  answer: (key: string) => string = accepting,
): Promise<string> {
  const server = createServer((socket) => {
    open.push(() => socket.destroy());
    let head = '';
    let received: Buffer = Buffer.alloc(0);
    let upgraded = false;
    socket.on('error', () => {});
    socket.on('data', (part) => {
      if (upgraded) {
        received = Buffer.concat([received, part]);
        onFrames(received, socket);
        return;
      }
      head += part.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      upgraded = true;
      socket.write(answer(/sec-websocket-key: (\S+)/i.exec(head)?.[1] ?? ''));
      onOpen(socket);
    });
  });
  return `ws://127.0.0.1:${await listening(server)}/path?query=1`;
}

function accepting(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

function frame(opcode: number, payload: Buffer | string, { fin = true, masked = false } = {}): Buffer {
  const data = Buffer.from(payload);
  const size =
    data.length < 126
      ? Buffer.from([data.length])
      : data.length < 65_536
        ? Buffer.from([126, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([127]), Buffer.from(new BigUint64Array([BigInt(data.length)]).buffer).reverse()]); // prettier-ignore
  if (masked) size[0]! |= 0x80;
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), size, masked ? Buffer.alloc(4) : Buffer.alloc(0), data]); // prettier-ignore
}

const closing = (code: number, reason = '') =>
  frame(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

interface Asked {
  client: 'builtin' | 'library';
  send?: string[];
  until?: number;
  headers?: Record<string, string>;
  ca?: string;
}

const Said = z.object({
  received: z.array(z.tuple([z.boolean(), z.number(), z.string()])),
  closed: z.tuple([z.number(), z.string()]).optional(),
  failed: z.string().optional(),
});

async function call(url: string, { client, ...more }: Asked): Promise<z.infer<typeof Said>> {
  return Said.parse(await play('converse', { url, client, send: [], until: 0, ...more }));
}

/** What a client sent, unmasked: [opcode, text]. */
function framesOf(bytes: Buffer): [number, string][] {
  const out: [number, string][] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const opcode = bytes[at]! & 15;
    if (!(bytes[at + 1]! & 0x80)) throw new Error('A client must mask its frames');
    let length = bytes[at + 1]! & 127;
    at += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const key = bytes.subarray(at, at + 4);
    at += 4;
    if (at + length > bytes.length) break;
    const data = Buffer.from(bytes.subarray(at, at + length).map((byte, i) => byte ^ key[i % 4]!));
    out.push([opcode, data.toString('latin1')]);
    at += length;
  }
  return out;
}

const clients = (['builtin', 'library'] as const).filter((name) => name === 'builtin' || hasLibrary);

describe.skipIf(python === null)(
  `the locustfile's WebSocket${python === null ? ` (${noPython})` : ''}`,
  () => {
    describe.each(clients)('by the %s client', (client) => {
      it('sends and receives messages of every size', async () => {
        const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
        open.push(() => server.close());
        await once(server, 'listening');
        const seen: string[] = [];
        server.on('connection', (socket, request) => {
          seen.push(request.url ?? '', String(request.headers['x-key']));
          socket.on('message', (data: Buffer, binary) => socket.send(data, { binary }));
        });
        const sizes = [0, 1, 125, 126, 1200, 65_535, 65_536, 300_000];
        const send = sizes.map((size) => 'abcdefghij'.repeat(size / 10 + 1).slice(0, size));
        const url = `ws://127.0.0.1:${portOf(server)}/media?x=1`;
        const result = await call(url, { client, send, until: sizes.length, headers: { 'x-key': 'k' } });
        expect(result).toEqual({ received: send.map((text) => [true, text.length, text.slice(0, 40)]) });
        expect(seen).toEqual(['/media?x=1', 'k']);
      });

      it('puts fragments together, answers pings between them, and reads what comes byte by byte', async () => {
        let sent: Buffer = Buffer.alloc(0);
        const url = await raw(
          (socket) => {
            const bytes = Buffer.concat([
              frame(1, 'one ', { fin: false }),
              frame(9, 'are you there'),
              frame(0, 'message ', { fin: false }),
              frame(10, 'unasked'),
              frame(0, 'in three'),
              frame(2, Buffer.from([1, 2, 3])),
              frame(1, 'x'.repeat(70_000)),
            ]);
            void (async () => {
              for (const byte of bytes.subarray(0, 120)) {
                socket.write(Buffer.from([byte]));
                await new Promise((resolve) => setImmediate(resolve));
              }
              socket.write(bytes.subarray(120));
            })();
          },
          (received) => (sent = received),
        );
        const result = await call(url, { client, until: 3 });
        expect(result).toEqual({
          received: [
            [true, 20, 'one message in three'],
            [false, 3, '\u0001\u0002\u0003'],
            [true, 70_000, 'x'.repeat(40)],
          ],
        });
        expect(framesOf(sent)[0]).toEqual([10, 'are you there']);
        expect(framesOf(sent).at(-1)?.[0]).toBe(8);
      });

      it('tells how the other side closed, and closes too', async () => {
        let sent: Buffer = Buffer.alloc(0);
        const url = await raw(
          (socket) => socket.write(closing(1013, 'busy')),
          (received) => (sent = received),
        );
        expect(await call(url, { client, until: 1 })).toEqual({ received: [], closed: [1013, 'busy'] });
        expect(framesOf(sent)[0]?.[0]).toBe(8);
        const gone = await raw((socket) => socket.end(frame(1, 'last words')));
        const lost = await call(gone, { client, until: 2 });
        expect(lost.received).toEqual([[true, 10, 'last words']]);
        expect(lost.closed?.[0]).toBe(1006);
      });

      it('says why there is no connection', async () => {
        const refusing = await raw(
          (socket) => socket.end(),
          () => {},
          () => 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n',
        );
        expect((await call(refusing, { client })).failed).toContain('HTTP 503');
        const mute = await raw(
          (socket) => socket.end(),
          () => {},
          () => 'SSH-2.0-OpenSSH\r\n\r\n',
        );
        expect((await call(mute, { client })).failed).toBeDefined();
        const wrong = await raw(() => {}, undefined, () => accepting('another key')); // prettier-ignore
        expect((await call(wrong, { client })).failed).toContain('WebSocket');
      });

      it('speaks TLS, and to nobody it does not trust', async () => {
        const { ca, key, cert } = await localCertificate();
        const https = createHttps({ key, cert });
        const server = new WebSocketServer({ server: https });
        open.push(() => server.close());
        server.on('connection', (socket) =>
          socket.on('message', (data: Buffer) => socket.send(data, { binary: false })),
        );
        const url = `wss://localhost:${await listening(https)}/`;
        const folder = mkdtempSync(join(tmpdir(), 'crosstalk-tls-'));
        open.push(() => rmSync(folder, { recursive: true, force: true }));
        const authority = join(folder, 'ca.pem');
        writeFileSync(authority, ca);
        const send = ['y'.repeat(100_000), 'z'];
        expect(await call(url, { client, send, until: 2, ca: authority })).toEqual({
          received: [[true, 100_000, 'y'.repeat(40)], [true, 1, 'z']], // prettier-ignore
        });
        expect((await call(url, { client, send, until: 1 })).failed).toMatch(/certificate/i);
      });
    });

    it.each([
      ['a masked frame', frame(1, 'hi', { masked: true })],
      ['a frame with reserved bits', Buffer.from([0xc1, 1, 0x61])],
      ['a continuation of nothing', frame(0, 'hi')],
      ['a message within a message', Buffer.concat([frame(1, 'a', { fin: false }), frame(1, 'b')])],
      ['a ping in parts', frame(9, 'p', { fin: false })],
      ['a ping that is too long', frame(9, 'p'.repeat(126))],
      ['half a close code', frame(8, Buffer.from([3]))],
      ['an opcode that does not exist', frame(3, 'x')],
      ['a message without bounds', Buffer.from([0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0])],
    ])('its own client hangs up on %s', async (_what, bytes) => {
      let sent: Buffer = Buffer.alloc(0);
      const url = await raw(
        (socket) => socket.write(bytes),
        (received) => (sent = received),
      );
      expect((await call(url, { client: 'builtin', until: 1 })).closed?.[0]).toBe(1006);
      const [opcode, payload] = framesOf(sent)[0] ?? [];
      expect(opcode).toBe(8);
      expect([1002, 1009]).toContain(Buffer.from(payload ?? '', 'latin1').readUInt16BE(0));
    });
  },
);
