/**
 * Writes WebSocket frames to a socket: one masked copy into a piece of memory that is used again and again, one write, no
 * allocation. Frames: RFC 6455 §5.2, masking: §5.3.
 */
import { randomFillSync } from 'node:crypto';
import type { Writable } from 'node:stream';

/** The payload begins here in the scratch memory, so that it is aligned whatever the length of the header. */
const payloadAt = 16;
const firstScratchBytes = 4096;
const keysAtOnce = 2048;
const masked = 0x80;

/** First byte of an unfragmented frame by what it is. */
export const frameKinds = { text: 0x81, binary: 0x82, close: 0x88, ping: 0x89, pong: 0x8a } as const;

export class FrameWriter {
  readonly #keys = new Int32Array(keysAtOnce);
  #nextKey = keysAtOnce;
  #scratch = Buffer.alloc(firstScratchBytes);
  #words = new Int32Array(this.#scratch.buffer, this.#scratch.byteOffset, this.#scratch.length >> 2);
  /** The piece of the scratch memory that went out last: frames of one kind of audio have one length. */
  #frame = this.#scratch.subarray(0, 0);
  #frameStart = 0;

  /** Sends one unfragmented frame of a kind of `frameKinds`. The bytes are the caller's again when it returns. */
  write(socket: Writable, bytes: Buffer, kind: number): void {
    const { length } = bytes;
    if (payloadAt + length + 4 > this.#scratch.length) this.#renew((payloadAt + length + 4) * 2);
    const scratch = this.#scratch;
    const key = this.#key();
    const headerBytes = length < 126 ? 6 : length < 65_536 ? 8 : 14;
    const start = payloadAt - headerBytes;
    scratch[start] = kind;
    if (length < 126) scratch[start + 1] = masked | length;
    else if (length < 65_536) {
      scratch[start + 1] = masked | 126;
      scratch[start + 2] = length >>> 8;
      scratch[start + 3] = length & 255;
    } else {
      scratch[start + 1] = masked | 127;
      scratch.writeUInt32BE(Math.floor(length / 2 ** 32), start + 2);
      scratch.writeUInt32BE(length >>> 0, start + 6);
    }
    this.#words[(payloadAt >> 2) - 1] = key;
    this.#mask(bytes, key);
    if (this.#frameStart !== start || this.#frame.length !== headerBytes + length) {
      this.#frame = scratch.subarray(start, payloadAt + length);
      this.#frameStart = start;
    }
    socket.write(this.#frame);
    // What the kernel did not take at once still lies in this memory: it belongs to the socket now.
    if (socket.writableLength > 0) this.#renew(scratch.length);
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
    // The key's bytes lie in the scratch memory as they go over the wire, whatever the machine's byte order.
    const scratch = this.#scratch;
    for (; at < length; at++)
      scratch[payloadAt + at] = (bytes[at] ?? 0) ^ (scratch[payloadAt - 4 + (at & 3)] ?? 0);
  }

  #key(): number {
    if (this.#nextKey === keysAtOnce) {
      randomFillSync(this.#keys);
      this.#nextKey = 0;
    }
    return this.#keys[this.#nextKey++] ?? 0;
  }

  #renew(bytes: number): void {
    // Not from Buffer's shared pool, whose pieces need not be aligned.
    this.#scratch = Buffer.from(new ArrayBuffer(Math.max(firstScratchBytes, (bytes + 3) & ~3)));
    this.#words = new Int32Array(this.#scratch.buffer, 0, this.#scratch.length >> 2);
    this.#frame = this.#scratch.subarray(0, 0);
  }
}
