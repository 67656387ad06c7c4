/** The transport over `ws`: masking on, compression off (offered by default and ruinous for memory), Buffers sent as text. */
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { Clock } from '../clock.ts';
import { errorFailure, statusFailure } from './failure.ts';
import type { Connection, ConnectOptions, Transport } from './transport.ts';

/** Longer reasons do not fit a close frame (RFC 6455 §5.5: 125 bytes with the code). */
const maxReasonBytes = 120;
const closeWaitMs = 2000;

interface SocketStamps {
  start: number;
  lookup: number | null;
  attempt: number | null;
  tcp: number | null;
  tls: number | null;
}

function watchSocket(socket: Socket, stamps: SocketStamps, clock: Clock): void {
  socket.once('lookup', () => (stamps.lookup = clock.now()));
  socket.once('connectionAttempt', () => (stamps.attempt ??= clock.now()));
  socket.once('connect', () => (stamps.tcp = clock.now()));
  socket.once('secureConnect', () => (stamps.tls = clock.now()));
}

function asBuffer(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

export function createWebSocketTransport(clock: Clock): Transport {
  return (options: ConnectOptions): Connection => {
    const { target, listener } = options;
    const stamps: SocketStamps = { start: clock.now(), lookup: null, attempt: null, tcp: null, tls: null };
    let state: 'connecting' | 'open' | 'closed' = 'connecting';
    const socket = new WebSocket(target.url, options.subprotocols, {
      headers: { ...target.headers, ...options.headers },
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: options.timeoutMs,
      rejectUnauthorized: target.tls.verify,
      ...(target.tls.ca === null ? {} : { ca: target.tls.ca }),
      finishRequest: (request: ClientRequest) => {
        request.once('socket', (raw) => watchSocket(raw, stamps, clock));
        request.end();
      },
    });

    const fail = (kind: string, message: string) => {
      if (state !== 'connecting') return;
      state = 'closed';
      listener.onFailure({ kind, message }, clock.now());
    };

    socket.on('open', () => {
      const at = clock.now();
      if (state !== 'connecting') return;
      state = 'open';
      const dialled = stamps.attempt ?? stamps.lookup ?? stamps.start;
      const ready = stamps.tls ?? stamps.tcp ?? dialled;
      listener.onOpen(
        {
          connect: at - dialled,
          dns: stamps.lookup === null ? null : stamps.lookup - stamps.start,
          tcp: stamps.tcp === null ? null : stamps.tcp - dialled,
          tls: stamps.tls === null || stamps.tcp === null ? null : stamps.tls - stamps.tcp,
          upgrade: at - ready,
        },
        at,
      );
    });
    socket.on('message', (data, binary) => {
      const at = clock.now();
      if (state === 'open') listener.onMessage(asBuffer(data), binary, at);
    });
    socket.on('unexpected-response', (request, response) => {
      const failure = statusFailure(response.statusCode ?? 0);
      response.resume();
      request.destroy();
      fail(failure.kind, failure.message);
    });
    socket.on('error', (error) => {
      if (/handshake has timed out/i.test(error.message))
        fail('connect_timeout', `no open WebSocket within ${options.timeoutMs} ms`);
      else {
        const failure = errorFailure(error);
        fail(failure.kind, failure.message);
      }
    });
    socket.on('close', (code, reason) => {
      const at = clock.now();
      if (state === 'connecting') fail('reset', 'the agent hung up during the upgrade');
      if (state !== 'open') return;
      state = 'closed';
      listener.onClose(code, reason.toString('utf8'), at);
    });

    return {
      send(bytes, binary) {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes, { binary, compress: false });
      },
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
      close(code, reason) {
        if (state === 'connecting') {
          state = 'closed';
          socket.terminate();
          return;
        }
        socket.close(code, Buffer.from(reason).subarray(0, maxReasonBytes).toString());
        setTimeout(() => socket.terminate(), closeWaitMs).unref();
      },
      terminate() {
        state = 'closed';
        socket.terminate();
      },
    };
  };
}
