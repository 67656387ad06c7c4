/**
 * Reads a caller's frames (RFC 6455 §5) where they lie in the bytes that came from the socket: no copy, no object and no
 * string per message, since a call sends fifty a second.
 */
import { mayClose, opcodes } from './frames.ts';

export interface FrameLimits {
  /** Bytes of the largest message. */
  message: number;
  /** How many bytes from a message's beginning the listener looks at: the rest is left masked. */
  wanted: number;
}

const longestControl = 125;
/** Beyond every chunk: nothing is read after this. */
const nowhere = Number.MAX_SAFE_INTEGER;

/**
 * What becomes of what is read is up to the subclass; bytes are only lent. It is not a listener with an object of its own,
 * because with hundreds of calls every object that a frame touches has left the processor's cache since the last one.
 */
export abstract class FrameReader {
  readonly #largest: number;
  readonly #wanted: number;
  /** Bytes of a frame that is not whole yet, and how many it takes to go on. */
  #parts: Buffer[] = [];
  #have = 0;
  #needed = 0;
  /** A message in fragments, unmasked; its kind. */
  #fragments: Buffer[] = [];
  #fragmented = 0;
  #opcode: number | null = null;
  #ended = false;

  constructor(limits: FrameLimits) {
    this.#largest = limits.message;
    this.#wanted = limits.wanted;
  }

  /** One whole text message, `bytes` from `from` to `to`. `at`: when its last byte came. UTF-8 is not checked. */
  protected abstract readText(bytes: Buffer, from: number, to: number, at: bigint): void;
  /** A binary message. */
  protected abstract readBinary(): void;
  protected abstract readPing(payload: Buffer): void;
  protected abstract readPong(): void;
  /** The caller's close frame; `code` is null when it has none. Nothing is read after it. */
  protected abstract readClose(code: number | null): void;
  /** The caller broke the protocol: `code` to close with. Nothing is read after it. */
  protected abstract readViolation(code: number, why: string): void;

  /** Reads on with bytes that came at `at`. Unmasks in place: the chunk must be nobody else's. */
  push(chunk: Buffer, at: bigint): void {
    if (this.#ended) return;
    let bytes = chunk;
    if (this.#have > 0) {
      this.#parts.push(chunk);
      this.#have += chunk.length;
      if (this.#have < this.#needed) return;
      bytes = Buffer.concat(this.#parts, this.#have);
      this.#parts = [];
      this.#have = 0;
    }
    let start = 0;
    while (start < bytes.length) {
      const next = this.#frame(bytes, start, at);
      if (next < 0) {
        this.#keep(bytes, start, -next);
        return;
      }
      start = next;
    }
  }

  /** Nothing more is read. */
  protected endReading(): void {
    this.#ended = true;
    this.#parts = [];
    this.#fragments = [];
  }

  /** Copied: a rest would keep all of the chunk it lies in. */
  #keep(bytes: Buffer, start: number, needed: number): void {
    this.#parts = [Buffer.from(bytes.subarray(start))];
    this.#have = bytes.length - start;
    this.#needed = needed;
  }

  /** Reads the frame at `start`. Where the next one begins, or minus the number of bytes this one needs at least. */
  #frame(bytes: Buffer, start: number, at: bigint): number {
    const available = bytes.length - start;
    if (available < 2) return -2;
    const first = bytes[start] ?? 0;
    const second = bytes[start + 1] ?? 0;
    let length = second & 0x7f;
    let header = 6;
    if (length === 126) {
      header = 8;
      if (available < header) return -header;
      length = bytes.readUInt16BE(start + 2);
    } else if (length === 127) {
      header = 14;
      if (available < header) return -header;
      length = bytes.readUInt32BE(start + 2) * 2 ** 32 + bytes.readUInt32BE(start + 6);
    }
    const opcode = first & 0x0f;
    const wrong = this.#wrong(first, second, opcode, length);
    if (wrong !== null) return this.#violation(wrong);
    if (available < header + length) return -(header + length);
    const from = start + header;
    const to = from + length;
    if (opcode === opcodes.text && first >= 0x80) {
      unmask(bytes, from, Math.min(to, from + this.#wanted), from - 4);
      this.readText(bytes, from, to, at);
    } else {
      unmask(bytes, from, to, from - 4);
      this.#uncommon(opcode, first >= 0x80, bytes.subarray(from, to), at);
    }
    return this.#ended ? nowhere : to;
  }

  /** The code to close with and why, when a frame must not be. */
  #wrong(first: number, second: number, opcode: number, length: number): [number, string] | null {
    if ((first & 0x70) !== 0) return [1002, 'no extension was agreed on'];
    if ((second & 0x80) === 0) return [1002, 'a caller masks its frames'];
    if (opcode >= opcodes.close) {
      if (opcode > opcodes.pong) return [1002, `opcode ${opcode} is unknown`];
      return first < 0x80 || length > longestControl ? [1002, 'a control frame is short and whole'] : null;
    }
    if (opcode > opcodes.binary) return [1002, `opcode ${opcode} is unknown`];
    if ((opcode === opcodes.continuation) !== (this.#opcode !== null))
      return [1002, 'fragments of a message follow each other'];
    return this.#fragmented + length > this.#largest ? [1009, 'the message is too long'] : null;
  }

  #violation([code, why]: [number, string]): number {
    this.endReading();
    this.readViolation(code, why);
    return nowhere;
  }

  /** Everything but a text message in one frame. */
  #uncommon(opcode: number, final: boolean, payload: Buffer, at: bigint): void {
    switch (opcode) {
      case opcodes.ping:
        this.readPing(payload);
        return;
      case opcodes.pong:
        this.readPong();
        return;
      case opcodes.close:
        this.#close(payload);
        return;
    }
    this.#opcode ??= opcode;
    this.#fragments.push(final && this.#fragments.length === 0 ? payload : Buffer.from(payload));
    this.#fragmented += payload.length;
    if (!final) return;
    const kind = this.#opcode;
    const message = Buffer.concat(this.#fragments, this.#fragmented);
    this.#fragments = [];
    this.#fragmented = 0;
    this.#opcode = null;
    if (kind === opcodes.binary) this.readBinary();
    else this.readText(message, 0, message.length, at);
  }

  #close(payload: Buffer): void {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : null;
    if (payload.length === 1 || (code !== null && !mayClose(code))) {
      this.#violation([1002, 'a close frame has a valid code or none']);
      return;
    }
    this.endReading();
    this.readClose(code);
  }
}

/** Unmasks `bytes` from `from` to `to` in place with the four bytes at `maskAt`, four at a time where they are aligned. */
export function unmask(bytes: Buffer, from: number, to: number, maskAt: number): void {
  const m0 = bytes[maskAt] ?? 0;
  const m1 = bytes[maskAt + 1] ?? 0;
  const m2 = bytes[maskAt + 2] ?? 0;
  const m3 = bytes[maskAt + 3] ?? 0;
  const mask = m0 | (m1 << 8) | (m2 << 16) | (m3 << 24);
  const lead = Math.min(-(bytes.byteOffset + from) & 3, to - from);
  const start = from + lead;
  const words = (to - start) >> 2;
  // The mask as it falls on the aligned words: turned by the bytes before them.
  const turned = lead === 0 ? mask : (mask >>> (8 * lead)) | (mask << (32 - 8 * lead));
  for (let i = from; i < start; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask >>> (8 * (i - from)));
  if (words > 0) {
    const view = new Int32Array(bytes.buffer, bytes.byteOffset + start, words);
    for (let i = 0; i < words; i++) view[i] = (view[i] ?? 0) ^ turned;
  }
  const rest = start + words * 4;
  for (let i = rest; i < to; i++) bytes[i] = (bytes[i] ?? 0) ^ (turned >>> (8 * (i - rest)));
}
