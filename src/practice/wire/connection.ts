/** One WebSocket, the server's side: frames in both directions, the closing handshake, and nothing else. */
import type { Duplex } from 'node:stream';
import { closeFrame, pingFrame, pongFrame } from './frames.ts';
import { FrameReader, type FrameLimits } from './reader.ts';

export interface ConnectionListener {
  /** One whole text message, lent: `bytes` from `from` to `to`. `at`: when the socket handed over its last byte. */
  onText(bytes: Buffer, from: number, to: number, at: bigint): void;
  onBinary(): void;
  onPong(): void;
  /** Everything that one piece of the socket's bytes held has been read; `at` is when it came. */
  onRead(at: bigint): void;
  /** The socket is gone. The caller's own code (1005: it gave none); 1006 when it left without a word. */
  onClosed(code: number): void;
}

/** A caller that does not answer a close frame is gone. */
const closingMs = 30_000;
const noCode = 1005;
const abnormal = 1006;

export class Connection {
  readonly #socket: Duplex;
  #open = true;
  #closeSent = false;
  #code = abnormal;
  #closing: NodeJS.Timeout | null = null;

  /** A socket whose handshake has been answered. Nothing is read before `listen`. */
  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Reads from now on; first of all `head`, what the caller has sent beyond its handshake. */
  listen(listener: ConnectionListener, limits: FrameLimits, head: Buffer): void {
    const socket = this.#socket;
    let at = 0n;
    const reader = new FrameReader(
      {
        text: (bytes, from, to) => listener.onText(bytes, from, to, at),
        binary: () => listener.onBinary(),
        ping: (payload) => this.write(pongFrame(payload)),
        pong: () => listener.onPong(),
        close: (code) => {
          this.#code = code ?? noCode;
          this.close(code);
          socket.end();
        },
        violation: (code, why) => {
          this.close(code, why);
          socket.end();
        },
      },
      limits,
    );
    const read = (chunk: Buffer): void => {
      at = process.hrtime.bigint();
      reader.push(chunk);
      listener.onRead(at);
    };
    socket.on('error', () => socket.destroy());
    socket.once('end', () => {
      this.#open = false;
      socket.end();
    });
    socket.once('close', () => {
      this.#open = false;
      reader.end();
      if (this.#closing) clearTimeout(this.#closing);
      listener.onClosed(this.#code);
    });
    if (head.length > 0) read(Buffer.from(head));
    socket.on('data', read);
  }

  /** Whether messages may be sent. */
  get open(): boolean {
    return this.#open;
  }

  /** Bytes the caller has not taken yet. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  /** Hands frames to the operating system; what it does not take at once waits. */
  write(frames: Buffer): void {
    if (this.#open) this.#socket.write(frames);
  }

  /** Asks the caller about itself; see `onPong`. */
  ping(): void {
    this.write(pingFrame());
  }

  /** Sends a close frame and waits for the caller's. */
  close(code: number | null, reason = ''): void {
    if (this.#closeSent) return;
    this.write(closeFrame(code, reason));
    this.#closeSent = true;
    this.#open = false;
    this.#closing = setTimeout(() => this.#socket.destroy(), closingMs).unref();
  }

  /** Destroys the socket without a word. */
  terminate(): void {
    this.#open = false;
    this.#socket.destroy();
  }
}
