/** One WebSocket, the server's side: frames in both directions, the closing handshake, and nothing else. */
import type { Duplex } from 'node:stream';
import { closeFrame, pingFrame, pongFrame } from './frames.ts';
import { FrameReader, type FrameLimits } from './reader.ts';

export interface ConnectionListener {
  /** One whole text message, lent: `bytes` from `from` to `to`. `at`: when the socket handed over its last byte. */
  onText(bytes: Buffer, from: number, to: number, at: bigint): void;
  onBinary(): void;
  onPong(): void;
  /** The socket is gone. The caller's own code (1005: it gave none); 1006 when it left without a word. */
  onClosed(code: number): void;
}

/** A caller that does not answer a close frame is gone. */
const closingMs = 30_000;
const noCode = 1005;
const abnormal = 1006;

export class Connection extends FrameReader {
  readonly #socket: Duplex;
  readonly #listener: ConnectionListener;
  #open = true;
  #closeSent = false;
  #code = abnormal;
  #closing: NodeJS.Timeout | null = null;

  /** A socket whose handshake has been answered. Nothing is read before `listen`. */
  constructor(socket: Duplex, limits: FrameLimits, listener: ConnectionListener) {
    super(limits);
    this.#socket = socket;
    this.#listener = listener;
  }

  /** Reads from now on; first of all `head`, what the caller has sent beyond its handshake. */
  listen(head: Buffer): void {
    const socket = this.#socket;
    socket.on('error', () => socket.destroy());
    socket.once('end', () => {
      this.#open = false;
      socket.end();
    });
    socket.once('close', () => {
      this.#open = false;
      this.endReading();
      if (this.#closing) clearTimeout(this.#closing);
      this.#listener.onClosed(this.#code);
    });
    if (head.length > 0) this.push(Buffer.from(head), process.hrtime.bigint());
    socket.on('data', (chunk: Buffer) => this.push(chunk, process.hrtime.bigint()));
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

  protected override readText(bytes: Buffer, from: number, to: number, at: bigint): void {
    this.#listener.onText(bytes, from, to, at);
  }

  protected override readBinary(): void {
    this.#listener.onBinary();
  }

  protected override readPing(payload: Buffer): void {
    this.write(pongFrame(payload));
  }

  protected override readPong(): void {
    this.#listener.onPong();
  }

  protected override readClose(code: number | null): void {
    this.#code = code ?? noCode;
    this.close(code);
    this.#socket.end();
  }

  protected override readViolation(code: number, why: string): void {
    this.close(code, why);
    this.#socket.end();
  }
}
