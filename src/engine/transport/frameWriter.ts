/**
 * Writes WebSocket frames to a socket: one masked copy into a piece of memory that is used again and again, one write, no
 * allocation. Frames: RFC 6455 §5.2, masking: §5.3.
 */
import { randomFillSync } from 'node:crypto';
import type { Writable } from 'node:stream';

/** The payload begins here in the scratch memory, so that it is aligned whatever the length of the header. */
const payloadAt = 16;
const firstScratchBytes = 2048;
const keysAtOnce = 2048;
const masked = 0x80;

/** First byte of an unfragmented frame by what it is. */
export const frameKinds = { text: 0x81, binary: 0x82, close: 0x88, ping: 0x89, pong: 0x8a } as const;

/** A masked frame in memory that is used again once a socket has taken it. */
export class StagedFrame {
  #memory = Buffer.from(new ArrayBuffer(firstScratchBytes));
  #words = new Int32Array(this.#memory.buffer);
  /** The frame in its memory. Frames of one kind of audio have one length, and need no new view. */
  #view = this.#memory.subarray(0, 0);
  #viewStart = 0;
  #payloadBytes = 0;

  /** Fills in a frame of a kind of `frameKinds`. The bytes are the caller's again when it returns. */
  fill(bytes: Buffer, kind: number, key: number): void {
    const { length } = bytes;
    if (payloadAt + length > this.#memory.length) this.#renew((payloadAt + length) * 2);
    const memory = this.#memory;
    const headerBytes = length < 126 ? 6 : length < 65_536 ? 8 : 14;
    const start = payloadAt - headerBytes;
    memory[start] = kind;
    if (length < 126) memory[start + 1] = masked | length;
    else if (length < 65_536) {
      memory[start + 1] = masked | 126;
      memory[start + 2] = length >>> 8;
      memory[start + 3] = length & 255;
    } else {
      memory[start + 1] = masked | 127;
      memory.writeUInt32BE(Math.floor(length / 2 ** 32), start + 2);
      memory.writeUInt32BE(length >>> 0, start + 6);
    }
    this.#words[(payloadAt >> 2) - 1] = key;
    this.#mask(bytes, key);
    this.#payloadBytes = length;
    if (this.#viewStart !== start || this.#view.length !== headerBytes + length) {
      this.#view = memory.subarray(start, payloadAt + length);
      this.#viewStart = start;
    }
  }

  /** Hands the frame to the socket; returns the bytes of its payload. */
  write(socket: Writable): number {
    socket.write(this.#view);
    // What the kernel did not take at once still lies in this memory: it belongs to the socket now.
    if (socket.writableLength > 0) this.#renew(this.#memory.length);
    return this.#payloadBytes;
  }

  #mask(bytes: Buffer, key: number): void {
    const { length, byteOffset } = bytes;
    const target = this.#words;
    const first = payloadAt >> 2;
    let at = 0;
    if ((byteOffset & 3) === 0) {
      const words = length >> 2;
      const source = new Int32Array(bytes.buffer, byteOffset, words);
      for (let i = 0; i < words; i++) target[first + i] = (source[i] ?? 0) ^ key;
      at = words << 2;
    }
    // The key's bytes lie in memory as they go over the wire, whatever the machine's byte order.
    const memory = this.#memory;
    for (; at < length; at++)
      memory[payloadAt + at] = (bytes[at] ?? 0) ^ (memory[payloadAt - 4 + (at & 3)] ?? 0);
  }

  #renew(bytes: number): void {
    // Not from Buffer's shared pool, whose pieces need not be aligned.
    this.#memory = Buffer.from(new ArrayBuffer((bytes + 3) & ~3));
    this.#words = new Int32Array(this.#memory.buffer);
    this.#view = this.#memory.subarray(0, 0);
  }
}

/** Writes frames for all sockets of a thread, with a key of its own for each. */
export class FrameWriter {
  readonly #keys = new Int32Array(keysAtOnce);
  #nextKey = keysAtOnce;
  readonly #free: StagedFrame[] = [];

  /** Sends one unfragmented frame of a kind of `frameKinds`. The bytes are the caller's again when it returns. */
  write(socket: Writable, bytes: Buffer, kind: number): void {
    this.send(socket, this.stage(bytes, kind));
  }

  /** Gets a frame ready for `send` (or for `giveBack`, when it is not to be sent after all). */
  stage(bytes: Buffer, kind: number): StagedFrame {
    const frame = this.#free.pop() ?? new StagedFrame();
    frame.fill(bytes, kind, this.#key());
    return frame;
  }

  /** Sends what was staged; returns the bytes of its payload. */
  send(socket: Writable, frame: StagedFrame): number {
    const bytes = frame.write(socket);
    this.#free.push(frame);
    return bytes;
  }

  giveBack(frame: StagedFrame): void {
    this.#free.push(frame);
  }

  #key(): number {
    if (this.#nextKey === keysAtOnce) {
      randomFillSync(this.#keys);
      this.#nextKey = 0;
    }
    return this.#keys[this.#nextKey++] ?? 0;
  }
}
