/**
 * The WebSocket client under a call: a bare socket, the handshake, frames. The `ws` library does the same for everyone
 * else here; a call sends and receives a frame every 20 ms, and past a library's streams and allocations a core carries
 * a third more calls (docs/performance.md). All sockets of a thread read into one piece of memory, in turn.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { CredentialsError, SecureContexts } from './credentials.ts';
import { dial, type DialShared, type DialTimes } from './dial.ts';
import { FrameReader } from './frameReader.ts';
import { FrameWriter, frameKinds, type StagedFrame } from './frameWriter.ts';
import { proxyOf } from './proxy.ts';
import type { Connection, ConnectOptions, Transport } from './transport.ts';
import { longestAnswerBytes, upgradeFailure, upgradeRequest, type UpgradeRequest } from './upgrade.ts';

/** Longer reasons do not fit a close frame (RFC 6455 §5.5: 125 bytes with the code). */
const maxReasonBytes = 120;
/** The other side closes the connection after a goodbye (RFC 6455 §7.1.1), so that its port waits, not ours; this long at most. */
const closeWaitMs = 2000;
const readBytes = 64 * 1024;
const abnormal = 1006;
const noCode = 1005;

interface Shared extends DialShared {
  writer: FrameWriter;
}

export function createWebSocketTransport(clock: Clock): Transport {
  const shared: Shared = {
    clock,
    writer: new FrameWriter(),
    readBuffer: Buffer.alloc(readBytes),
    contexts: new SecureContexts(),
  };
  return (options) => new WebSocketConnection(options, shared);
}

class WebSocketConnection implements Connection {
  readonly #options: ConnectOptions;
  readonly #shared: Shared;
  readonly #startedAt: number;
  readonly #reader: FrameReader;
  /** The operator's own before those of the protocol. */
  readonly #subprotocols: readonly string[];
  #times: DialTimes | null = null;
  #socket: Socket | null = null;
  #request: UpgradeRequest | null = null;
  #staged: StagedFrame | null = null;
  #state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  #answer = '';
  #timer: NodeJS.Timeout | null;
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
    const { headers, subprotocols, target, timeoutMs } = options;
    this.#subprotocols = target.subprotocol ? [target.subprotocol, ...subprotocols] : subprotocols;
    this.#timer = setTimeout(() => this.#fail('connect_timeout', this.#tookTooLong()), timeoutMs);
    // Nobody can be told before the constructor has returned.
    try {
      const url = new URL(target.url);
      this.#request = upgradeRequest(url, { ...target.headers, ...headers }, this.#subprotocols);
      this.#times = dial(url, target, shared, {
        onSocket: (socket) => (this.#socket = socket),
        onReady: () => this.#ask(),
        onRead: (chunk) => {
          this.#readAt = shared.clock.now();
          this.#read(chunk);
        },
        onFailure: ({ kind, message }) => this.#fail(kind, message),
        onClose: () => this.#gone(),
      });
    } catch (error) {
      const kind = error instanceof CredentialsError ? 'tls' : 'protocol';
      const message = error instanceof Error ? error.message : 'the call cannot be placed';
      queueMicrotask(() => this.#fail(kind, message));
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

  #tookTooLong(): string {
    const { target, timeoutMs } = this.#options;
    const atProxy = target.proxy != null && this.#times?.tunnelAt == null;
    return atProxy
      ? `the proxy ${proxyOf(target.proxy ?? '').shown} opened no way to the agent within ${timeoutMs} ms`
      : `no open WebSocket within ${timeoutMs} ms`;
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
    const accept = this.#request?.accept ?? '';
    const failure = upgradeFailure(this.#answer.slice(0, end), accept, this.#subprotocols);
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
    const {
      lookupAt = null,
      attemptAt = null,
      tcpAt = null,
      tunnelAt = null,
      tlsAt = null,
    } = this.#times ?? {};
    const dialled = attemptAt ?? lookupAt ?? this.#startedAt;
    const reached = tunnelAt ?? tcpAt;
    this.#options.listener.onOpen(
      {
        connect: at - dialled,
        dns: lookupAt === null ? null : lookupAt - this.#startedAt,
        tcp: tcpAt === null ? null : tcpAt - dialled,
        tls: tlsAt === null || reached === null ? null : tlsAt - reached,
        upgrade: at - (tlsAt ?? reached ?? dialled),
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
