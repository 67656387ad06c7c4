import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, unmask, type FrameLimits } from './reader.ts';

interface ClientFrame {
  opcode: number;
  payload: Uint8Array;
  final?: boolean;
  mask?: number[];
}

/** A frame as a caller sends it. */
function encode({ opcode, payload, final = true, mask = [1, 2, 3, 250] }: ClientFrame): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended);
  header[0] = (final ? 0x80 : 0) | opcode;
  header[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  const masked = Uint8Array.from(payload, (byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([header, Buffer.from(mask), masked]);
}

const limits: FrameLimits = { message: 100_000, wanted: Number.POSITIVE_INFINITY };

/** Notes what it reads, as lines. */
class Notes extends FrameReader {
  readonly events: string[] = [];

  protected override readText(bytes: Buffer, from: number, to: number): void {
    this.events.push(`text ${bytes.toString('hex', from, to)}`);
  }
  protected override readBinary(): void {
    this.events.push('binary');
  }
  protected override readPing(payload: Buffer): void {
    this.events.push(`ping ${payload.toString('hex')}`);
  }
  protected override readPong(): void {
    this.events.push('pong');
  }
  protected override readClose(code: number | null): void {
    this.events.push(`close ${code}`);
  }
  protected override readViolation(code: number): void {
    this.events.push(`violation ${code}`);
  }
}

/** What comes of chunks. */
function readAll(chunks: Buffer[], how = limits): string[] {
  const reader = new Notes(how);
  for (const chunk of chunks) reader.push(Buffer.from(chunk), 0n);
  return reader.events;
}

const text = (payload: string): Buffer => encode({ opcode: 1, payload: Buffer.from(payload) });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('frames of a caller', () => {
  const mask = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
  const control = fc.record({
    opcode: fc.constantFrom(9, 10),
    payload: fc.uint8Array({ maxLength: 125 }),
    mask,
  });
  const size = fc.oneof(fc.nat(300), fc.constantFrom(0, 125, 126, 65_535, 65_536));
  /** One message in fragments, control frames between them, and what is to come of it. */
  const message = fc
    .record({
      opcode: fc.constantFrom(1, 1, 1, 2),
      bytes: size.chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      cuts: fc.array(fc.nat(), { maxLength: 3 }),
      controls: fc.array(control, { maxLength: 3 }),
      mask,
    })
    .map(({ opcode, bytes, cuts, controls, mask }) => {
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const frames: ClientFrame[] = [];
      const events: string[] = [];
      ends.forEach((end, i) => {
        const payload = bytes.subarray(ends[i - 1] ?? 0, end);
        frames.push({ opcode: i === 0 ? opcode : 0, payload, final: i === ends.length - 1, mask });
        const between = controls[i];
        if (!between || i === ends.length - 1) return;
        frames.push(between);
        events.push(between.opcode === 9 ? `ping ${hex(between.payload)}` : 'pong');
      });
      events.push(opcode === 1 ? `text ${hex(bytes)}` : 'binary');
      return { bytes: Buffer.concat(frames.map(encode)), events };
    });

  test('are read whatever their sizes, fragments and masks, and however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (messages, cuts) => {
          const bytes = Buffer.concat(messages.map((one) => one.bytes));
          const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
          const chunks = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
          expect(readAll(chunks)).toEqual(messages.flatMap((one) => one.events));
        },
      ),
    );
  });

  test('byte by byte', () => {
    const bytes = Buffer.concat([
      text('a'),
      text('b'.repeat(200)),
      encode({ opcode: 8, payload: Buffer.of(3, 232) }),
    ]);
    const events = readAll(Array.from(bytes, (byte) => Buffer.of(byte)));
    expect(events).toEqual([
      `text ${hex(Buffer.from('a'))}`,
      `text ${hex(Buffer.from('b'.repeat(200)))}`,
      'close 1000',
    ]);
  });

  test('unmasking, wherever the bytes lie', () => {
    for (let from = 4; from < 9; from++) {
      for (let length = 0; length < 12; length++) {
        const bytes = Buffer.from(Array.from({ length: 24 }, (_, i) => i * 11));
        const expected = Buffer.from(bytes);
        for (let i = 0; i < length; i++) expected[from + i] = (bytes[from + i] ?? 0) ^ (bytes[i % 4] ?? 0);
        unmask(bytes, from, from + length, 0);
        expect(bytes).toEqual(expected);
      }
    }
  });

  test('no more is unmasked than is wanted', () => {
    const [event] = readAll([text('0123456789')], { ...limits, wanted: 4 });
    expect(Buffer.from(event?.slice(5) ?? '', 'hex').toString('latin1', 0, 4)).toBe('0123');
    expect(Buffer.from(event?.slice(5) ?? '', 'hex').toString('latin1')).not.toBe('0123456789');
  });

  test.each([
    ['not masked', Buffer.of(0x81, 1, 65), 1002],
    ['a reserved bit', Buffer.of(0xc1, 0x80, 0, 0, 0, 0), 1002],
    ['an unknown opcode', encode({ opcode: 3, payload: Buffer.alloc(0) }), 1002],
    ['an unknown control opcode', encode({ opcode: 11, payload: Buffer.alloc(0) }), 1002],
    ['a continuation of nothing', encode({ opcode: 0, payload: Buffer.alloc(1) }), 1002],
    ['a control frame in fragments', encode({ opcode: 9, payload: Buffer.alloc(0), final: false }), 1002],
    ['a long control frame', encode({ opcode: 9, payload: Buffer.alloc(126) }), 1002],
    [
      'a message within a message',
      Buffer.concat([encode({ opcode: 1, payload: Buffer.alloc(1), final: false }), text('x')]),
      1002,
    ],
    ['a close frame of one byte', encode({ opcode: 8, payload: Buffer.alloc(1) }), 1002],
    ['a close code nobody may send', encode({ opcode: 8, payload: Buffer.of(3, 238) }), 1002],
    [
      'too long, seen by its header',
      encode({ opcode: 1, payload: Buffer.alloc(100_001) }).subarray(0, 14),
      1009,
    ],
    [
      'too long in fragments',
      Buffer.concat([1, 0].map((opcode) => encode({ opcode, payload: Buffer.alloc(60_000), final: false }))),
      1009,
    ],
  ])('%s ends it', (_name, bytes, code) => {
    expect(readAll([bytes, text('after')])).toEqual([`violation ${code}`]);
    expect(readAll([Buffer.concat([text('x'), bytes, text('after')])])).toEqual([
      'text 78',
      `violation ${code}`,
    ]);
  });

  test('nothing is read behind a close frame; it may have a code or none', () => {
    const close = (...payload: number[]): Buffer => encode({ opcode: 8, payload: Buffer.from(payload) });
    expect(readAll([Buffer.concat([close(), text('after')]), text('later')])).toEqual(['close null']);
    expect(readAll([close(0x0f, 0xa0, 65)])).toEqual(['close 4000']);
  });
});
