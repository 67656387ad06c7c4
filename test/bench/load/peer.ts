/**
 * The other end of the load benchmarks, in a process of its own and as cheap as a Node process can be: bare sockets,
 * a WebSocket handshake, no library. As a `sink` it counts the frames that arrive, reading their headers only; as a
 * `source` it also sends every call one audio message each 20 ms. Options come as JSON in argv[2], answers over IPC.
 */
import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Clock } from '../../../src/engine/clock.ts';
import { Pacer, type Paced } from '../../../src/engine/worker/pacer.ts';
import type { FromPeer, PeerOptions } from './peerMessages.ts';

/** RFC 6455 §1.3. */
const acceptGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const closeOpcode = 8;

const options = JSON.parse(process.argv[2] ?? '{}') as PeerOptions;
const clock = new Clock(process.hrtime.bigint());
const pacer = new Pacer(clock, 20);
let frames = 0;
let bytes = 0;
let connections = 0;
let accepted = 0;
let sent = 0;

/** An agent's message of 20 ms of audio, framed for the wire (servers do not mask). */
const message = audioMessage();

function audioMessage(): Buffer {
  const pcm = Buffer.alloc(640);
  for (let i = 0; i < 320; i++) pcm.writeInt16LE(Math.round(6000 * Math.sin((i * Math.PI * 2) / 32)), i * 2);
  const text = Buffer.from(
    `{"kind":"AudioData","AudioData":{"data":"${pcm.toString('base64')}"},"StopAudio":null}`,
  );
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0x817e, 0);
  head.writeUInt16BE(text.length, 2);
  return Buffer.concat([head, text]);
}

/** Reads frame headers (RFC 6455 §5.2) and skips what they announce. */
class FrameCounter {
  #header: number[] = [];
  #skip = 0;
  /** The caller said goodbye. */
  closing = false;

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const part = Math.min(this.#skip, chunk.length - at);
        this.#skip -= part;
        at += part;
        continue;
      }
      this.#header.push(chunk[at++] ?? 0);
      const [first = 0, second = 0] = this.#header;
      const short = second & 0x7f;
      const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
      if (this.#header.length < 2 + wide) continue;
      const length = this.#header.slice(2).reduce((sum, byte) => sum * 256 + byte, wide === 0 ? short : 0);
      this.#header = [];
      this.#skip = length + (second & 0x80 ? 4 : 0);
      if ((first & 0x0f) === closeOpcode) this.closing = true;
      else frames++;
    }
  }
}

function serve(socket: Socket): void {
  const counter = new FrameCounter();
  let head = '';
  let speaker: Paced | null = null;
  accepted++;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (head === 'done') connections--;
    if (speaker) pacer.remove(speaker);
  });
  const upgrade = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const key = /^sec-websocket-key:\s*(\S+)/im.exec(head)?.[1] ?? '';
    const accept = createHash('sha1').update(`${key}${acceptGuid}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    head = 'done';
    connections++;
    socket.off('data', upgrade);
    socket.on('data', count);
    if (options.mode === 'source') {
      speaker = {
        tick: () => true,
        send: () => {
          sent++;
          socket.write(message);
        },
        slipped: () => undefined,
      };
      pacer.add(speaker, (accepted * 0.6180339887498949) % 1);
    }
  };
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    counter.take(chunk);
    if (counter.closing) socket.end(Buffer.from([0x88, 0x00]));
  };
  socket.on('data', upgrade);
}

const server: Server = options.tls ? createTlsServer(options.tls, serve) : createServer(serve);
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  pacer.start();
  tell({ type: 'ready', port: (server.address() as AddressInfo).port });
});

function tell(said: FromPeer): void {
  process.send?.(said);
}

/** There is one question to ask. */
process.on('message', () => {
  const cpu = process.cpuUsage();
  tell({ type: 'counted', frames, bytes, connections, sent, cpuUs: cpu.user + cpu.system });
});
process.on('disconnect', () => process.exit(0));
