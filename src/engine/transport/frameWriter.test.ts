import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameWriter, frameKinds } from './frameWriter.ts';

/** Keeps what is written, by reference: as a socket does that the kernel has not taken it from. */
class SlowSocket extends Writable {
  readonly #kept: Buffer[] = [];
  #go: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#kept.push(chunk);
    this.#go.push(done);
  }

  /** Everything written so far, once the stream has it all. */
  async taken(): Promise<Buffer> {
    const drained = new Promise<void>((resolve) => this.end(resolve));
    const pump = setInterval(() => this.#go.splice(0).forEach((go) => go()), 0);
    await drained;
    clearInterval(pump);
    return Buffer.concat(this.#kept);
  }
}

/** Takes everything at once, as a socket mostly does. */
class QuickSocket extends Writable {
  readonly written: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    done();
  }
}

function unmask(frames: Buffer): { kind: number; payload: Buffer }[] {
  const found: { kind: number; payload: Buffer }[] = [];
  let at = 0;
  while (at < frames.length) {
    const kind = frames[at] ?? 0;
    const second = frames[at + 1] ?? 0;
    expect(second & 0x80).toBe(0x80);
    const short = second & 0x7f;
    const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length =
      wide === 0 ? short : wide === 2 ? frames.readUInt16BE(at + 2) : Number(frames.readBigUInt64BE(at + 2));
    const key = frames.subarray(at + 2 + wide, at + 6 + wide);
    const masked = frames.subarray(at + 6 + wide, at + 6 + wide + length);
    expect(masked.length).toBe(length);
    found.push({ kind, payload: masked.map((byte, i) => byte ^ (key[i & 3] ?? 0)) as Buffer });
    at += 6 + wide + length;
  }
  return found;
}

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 2000 }),
  fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_001),
);

describe('what is written', () => {
  it('reads back as it was, aligned in memory or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(lengths, fc.integer({ min: 0, max: 7 })), { maxLength: 12 }), (sizes) => {
        const writer = new FrameWriter();
        const socket = new QuickSocket();
        const messages = sizes.map(([length, offset], n) => {
          const bytes = Buffer.alloc(length + 8).subarray(offset, offset + length);
          for (let i = 0; i < length; i++) bytes[i] = (i * 7 + n) & 255;
          return bytes;
        });
        messages.forEach((bytes, n) =>
          writer.write(socket, bytes, n % 2 ? frameKinds.binary : frameKinds.text),
        );
        const read = unmask(Buffer.concat(socket.written));
        expect(read.map((f) => f.kind)).toEqual(messages.map((_, n) => (n % 2 ? 0x82 : 0x81)));
        read.forEach((f, n) => expect(f.payload.equals(messages[n] ?? Buffer.alloc(0))).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it('is not overwritten while a slow socket still holds it', async () => {
    const writer = new FrameWriter();
    const socket = new SlowSocket();
    const shared = Buffer.alloc(1004);
    for (let n = 0; n < 50; n++) {
      shared.fill(n);
      writer.write(socket, shared, frameKinds.text);
    }
    const read = unmask(await socket.taken());
    expect(read).toHaveLength(50);
    read.forEach((f, n) => expect(f.payload.every((byte) => byte === n)).toBe(true));
  });

  it('has a key of its own in every frame', () => {
    const writer = new FrameWriter();
    const socket = new QuickSocket();
    for (let n = 0; n < 5000; n++) writer.write(socket, Buffer.alloc(4), frameKinds.text);
    const keys = new Set(socket.written.map((frame) => frame.readUInt32BE(2)));
    expect(keys.size).toBeGreaterThan(4900);
  });
});
