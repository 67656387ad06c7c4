/**
 * The floor, in a worker thread: bare sockets that write preframed bytes on the engine's own schedule, or count the
 * bytes that come in. No WebSocket, no conversation, no measurement but the frame's lateness.
 */
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { connect as connectTls } from 'node:tls';
import { Clock } from '../../../src/engine/clock.ts';
import { LatenessRecorder } from '../../../src/engine/worker/lateness.ts';
import { Pacer } from '../../../src/engine/worker/pacer.ts';
import type { FloorOptions, FloorReport } from './floor.ts';

const options = workerData as FloorOptions;
const clock = new Clock(process.hrtime.bigint());
const pacer = new Pacer(clock, 20);
let lateness = new LatenessRecorder();
let framesSent = 0;
let bytesReceived = 0;
let slipped = 0;
const sockets: Socket[] = [];

const upgrade =
  'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

/** A masked text frame (RFC 6455 §5.2) of `length` payload bytes. */
function preframed(length: number): Buffer {
  const frame = Buffer.alloc(8 + length, 0x5a);
  frame.writeUInt16BE(0x81fe, 0);
  frame.writeUInt16BE(length, 2);
  return frame;
}

async function open(): Promise<Socket> {
  const socket = options.ca
    ? connectTls({ host: '127.0.0.1', port: options.port, ca: options.ca, servername: 'localhost' })
    : connect({ host: '127.0.0.1', port: options.port });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once(options.ca ? 'secureConnect' : 'connect', () => socket.write(upgrade));
    socket.once('data', () => resolve());
  });
  return socket;
}

const frame = preframed(options.payloadBytes);
for (let i = 0; i < options.calls; i++) {
  const socket = await open();
  sockets.push(socket);
  socket.on('data', (chunk: Buffer) => (bytesReceived += chunk.length));
}
pacer.start();
if (options.sends) {
  sockets.forEach((socket, i) =>
    pacer.add(
      {
        tick: () => true,
        send: (due, now) => {
          socket.write(frame);
          lateness.record(now - due);
          framesSent++;
        },
        slipped: () => slipped++,
      },
      (i * 0.6180339887498949) % 1,
    ),
  );
}

parentPort?.on('message', (asked: 'report' | 'end') => {
  if (asked === 'end') {
    pacer.stop();
    for (const socket of sockets) socket.destroy();
    parentPort?.close();
    return;
  }
  const report: FloorReport = {
    at: clock.now(),
    framesSent,
    bytesReceived,
    slipped,
    lateness: lateness.take(),
  };
  lateness = new LatenessRecorder();
  parentPort?.postMessage(report);
});
parentPort?.postMessage('open');
