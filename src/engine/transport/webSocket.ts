/**
 * The WebSocket client under a call: a bare socket, the handshake, frames. The `ws` library does the same for everyone
 * else here; a call sends and receives a frame every 20 ms, and past a library's streams and allocations a core carries
 * a third more calls (docs/performance.md). All sockets of a thread read into one piece of memory, in turn.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { PlanTarget } from '../plan.ts';
import { errorFailure } from './failure.ts';
import { FrameReader } from './frameReader.ts';
import { FrameWriter, frameKinds, type StagedFrame } from './frameWriter.ts';
import type { Connection, ConnectOptions, Transport } from './transport.ts';
import { longestAnswerBytes, upgradeFailure, upgradeRequest, type UpgradeRequest } from './upgrade.ts';

/** Longer reasons do not fit a close frame (RFC 6455 §5.5: 125 bytes with the code). */
const maxReasonBytes = 120;
/** The other side closes the connection after a goodbye (RFC 6455 §7.1.1), so that its port waits, not ours; this long at most. */
const closeWaitMs = 2000;
const readBytes = 64 * 1024;
const abnormal = 1006;
const noCode = 1005;

interface Shared {
  clock: Clock;
  writer: FrameWriter;
  readBuffer: Buffer;
  /** Made once per authority: reading certificates costs more than a handshake. */
  contexts: Map<string, SecureContext>;
}

export function createWebSocketTransport(clock: Clock): Transport {
  const shared: Shared = {
    clock,
    writer: new FrameWriter(),
    readBuffer: Buffer.alloc(readBytes),
    contexts: new Map(),
  };
  return (options) => new WebSocketConnection(options, shared);
}

class WebSocketConnection implements Connection {
  readonly #options: ConnectOptions;
  readonly #shared: Shared;
  readonly #startedAt: number;
  readonly #reader: FrameReader;
  #socket: Socket | null = null;
  #request: UpgradeRequest | null = null;
  #staged: StagedFrame | null = null;
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #answer = '';
  #timer: NodeJS.Timeout | null;
  #lookupAt: number | null = null;
  #attemptAt: number | null = null;
  #tcpAt: number | null = null;
  #tlsAt: number | null = null;
  #readAt = 0;

  constructor(options: ConnectOptions, shared: Shared) {
    this.#options = options;
    this.#shared = shared;
    this.#startedAt = shared.clock.now();
    const { listener } = options;
    this.#reader = new FrameReader({
      onMessage: (data, binary) => {
        if (this.#state === 'open') listener.onMessage(data, binary, this.#readAt);
      },
      onPing: (payload) => this.#control(frameKinds.pong, payload),
      onClose: (code, reason) => this.#hungUp(code, reason),
      onBroken: (code, why) => this.#hungUp(code, why),
    });
    this.#timer = setTimeout(
      () => this.#fail('connect_timeout', `no open WebSocket within ${options.timeoutMs} ms`),
      options.timeoutMs,
    );
    // Nobody can be told before the constructor has returned.
    try {
      const url = new URL(options.target.url);
      this.#request = upgradeRequest(
        url,
        { ...options.target.headers, ...options.headers },
        options.subprotocols,
      );
      this.#socket = this.#dial(url, options.target);
    } catch (error) {
      queueMicrotask(() =>
        this.#fail('protocol', error instanceof Error ? error.message : 'the call cannot be placed'),
      );
    }
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  send(bytes: Buffer, binary: boolean): void {
    if (this.#state === 'open' && this.#socket)
      this.#shared.writer.write(this.#socket, bytes, binary ? frameKinds.binary : frameKinds.text);
  }

  stage(bytes: Buffer, binary: boolean): void {
    if (this.#state !== 'open') return;
    if (this.#staged) this.#shared.writer.giveBack(this.#staged);
    this.#staged = this.#shared.writer.stage(bytes, binary ? frameKinds.binary : frameKinds.text);
  }

  sendStaged(): number {
    const staged = this.#staged;
    if (!staged) return 0;
    this.#staged = null;
    if (this.#state === 'open' && this.#socket) return this.#shared.writer.send(this.#socket, staged);
    this.#shared.writer.giveBack(staged);
    return 0;
  }

  close(code: number, reason: string): void {
    if (this.#state === 'connecting') this.terminate();
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code, reason);
    this.#state = 'closing';
    this.#linger();
  }

  terminate(): void {
    // A goodbye that was said may still be on its way.
    if (this.#state === 'closing') return;
    this.#state = 'closed';
    this.#stopTimer();
    this.#socket?.destroy();
  }

  // — connecting —

  #dial(url: URL, target: PlanTarget): Socket {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const secure = url.protocol === 'wss:' || url.protocol === 'https:';
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
    const { clock, readBuffer } = this.#shared;
    const address = {
      host,
      port,
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length: number) => {
          this.#readAt = clock.now();
          this.#read(readBuffer.subarray(0, length));
          return true;
        },
      },
    };
    const socket = secure
      ? connectTls({
          ...address,
          servername: isIP(host) ? '' : host,
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: target.tls.verify,
          secureContext: this.#secureContext(target.tls.ca),
        })
      : connectTcp(address);
    socket.once('lookup', () => (this.#lookupAt = clock.now()));
    socket.once('connectionAttempt', () => (this.#attemptAt ??= clock.now()));
    socket.once('connect', () => {
      this.#tcpAt = clock.now();
      if (!secure) this.#ask();
    });
    if (secure)
      socket.once('secureConnect', () => {
        this.#tlsAt = clock.now();
        this.#ask();
      });
    socket.on('error', (error: Error) => {
      if (this.#state !== 'connecting') return;
      const failure = errorFailure(error);
      this.#fail(failure.kind, failure.message);
    });
    socket.on('close', () => this.#gone());
    return socket;
  }

  #secureContext(ca: string | null): SecureContext {
    const { contexts } = this.#shared;
    const key = ca ?? '';
    const context = contexts.get(key) ?? createSecureContext(ca === null ? {} : { ca });
    contexts.set(key, context);
    return context;
  }

  #ask(): void {
    if (this.#state === 'connecting' && this.#request) this.#socket?.write(this.#request.text, 'latin1');
  }

  #read(chunk: Buffer): void {
    if (this.#state === 'connecting') this.#readAnswer(chunk);
    else if (this.#state !== 'closed') this.#reader.read(chunk);
  }

  #readAnswer(chunk: Buffer): void {
    const before = this.#answer.length;
    this.#answer += chunk.toString('latin1');
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#answer.length > longestAnswerBytes || !'HTTP/'.startsWith(this.#answer.slice(0, 5)))
        this.#fail('protocol', 'what listens at this address does not speak HTTP');
      return;
    }
    const { subprotocols } = this.#options;
    const failure = upgradeFailure(this.#answer.slice(0, end), this.#request?.accept ?? '', subprotocols);
    this.#answer = '';
    if (failure) {
      this.#fail(failure.kind, failure.message);
      return;
    }
    this.#opened();
    const rest = chunk.subarray(end + 4 - before);
    if (rest.length > 0) this.#read(rest);
  }

  #opened(): void {
    this.#stopTimer();
    this.#state = 'open';
    const at = this.#readAt;
    const dialled = this.#attemptAt ?? this.#lookupAt ?? this.#startedAt;
    const ready = this.#tlsAt ?? this.#tcpAt ?? dialled;
    this.#options.listener.onOpen(
      {
        connect: at - dialled,
        dns: this.#lookupAt === null ? null : this.#lookupAt - this.#startedAt,
        tcp: this.#tcpAt === null ? null : this.#tcpAt - dialled,
        tls: this.#tlsAt === null || this.#tcpAt === null ? null : this.#tlsAt - this.#tcpAt,
        upgrade: at - ready,
      },
      at,
    );
  }

  #fail(kind: string, message: string): void {
    if (this.#state !== 'connecting') return;
    this.terminate();
    this.#options.listener.onFailure({ kind, message }, this.#shared.clock.now());
  }

  // — the end —

  /** The agent closed the call, or what it sends is no WebSocket: it is answered with the same code. */
  #hungUp(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.#sayGoodbye(code === noCode ? null : code, '');
    this.#state = 'closing';
    this.#linger();
    this.#options.listener.onClose(code, reason, this.#readAt);
  }

  #gone(): void {
    const { listener } = this.#options;
    if (this.#state === 'connecting') this.#fail('reset', 'the agent hung up during the upgrade');
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#stopTimer();
    if (wasOpen) listener.onClose(abnormal, '', this.#shared.clock.now());
  }

  #sayGoodbye(code: number | null, reason: string): void {
    const payload = Buffer.alloc(2 + maxReasonBytes);
    payload.writeUInt16BE(code ?? 0, 0);
    // Ends before a character that does not fit: half of one is no text.
    const { written } = new TextEncoder().encodeInto(reason, payload.subarray(2));
    this.#control(frameKinds.close, payload.subarray(0, code === null ? 0 : 2 + written));
  }

  #control(kind: number, payload: Buffer): void {
    if (this.#state === 'open' && this.#socket) this.#shared.writer.write(this.#socket, payload, kind);
  }

  #linger(): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#socket?.destroy(), closeWaitMs);
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
