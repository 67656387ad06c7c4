import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, largestMessageBytes } from './frameReader.ts';

type Heard =
  | { what: 'message'; text: string; binary: boolean }
  | { what: 'ping'; text: string }
  | { what: 'close'; code: number; reason: string }
  | { what: 'broken'; code: number };

function listening(): { heard: Heard[]; reader: FrameReader } {
  const heard: Heard[] = [];
  const reader = new FrameReader({
    onMessage: (data, binary) => heard.push({ what: 'message', text: data.toString('latin1'), binary }),
    onPing: (payload) => heard.push({ what: 'ping', text: payload.toString('latin1') }),
    onClose: (code, reason) => heard.push({ what: 'close', code, reason }),
    onBroken: (code) => heard.push({ what: 'broken', code }),
  });
  return { heard, reader };
}

function frame(first: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  head[0] = first;
  if (head.length === 2) head[1] = body.length;
  else if (head.length === 4) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}

/** Hands the bytes over in pieces, each in memory that is overwritten afterwards, as a shared read buffer is. */
function feed(reader: FrameReader, bytes: Buffer, cuts: readonly number[]): void {
  const shared = Buffer.alloc(bytes.length);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to <= from) continue;
    bytes.copy(shared, 0, from, to);
    reader.read(shared.subarray(0, to - from));
    shared.fill(0xee);
    from = to;
  }
}

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const message = fc.record({
      parts: fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
      large: fc.constantFrom(0, 0, 0, 70_000, 126, 65_535),
      binary: fc.boolean(),
      pingBetween: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
        (messages, shares) => {
          const wire: Buffer[] = [];
          const expected: Heard[] = [];
          for (const { parts, large, binary, pingBetween } of messages) {
            const all = [...parts.map((p) => Buffer.from(p)), ...(large ? [Buffer.alloc(large, 0x61)] : [])];
            all.forEach((part, i) => {
              const final = i === all.length - 1 ? 0x80 : 0;
              wire.push(frame(final | (i > 0 ? 0 : binary ? 2 : 1), part));
              if (pingBetween && i < all.length - 1) {
                wire.push(frame(0x89, 'are you there'));
                expected.push({ what: 'ping', text: 'are you there' });
              }
            });
            expected.push({ what: 'message', text: Buffer.concat(all).toString('latin1'), binary });
          }
          const bytes = Buffer.concat(wire);
          const { heard, reader } = listening();
          feed(
            reader,
            bytes,
            shares.map((s) => Math.floor(s * bytes.length)).sort((a, b) => a - b),
          );
          expect(heard).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('come one byte at a time', () => {
    const bytes = Buffer.concat([
      frame(0x81, 'x'.repeat(130)),
      frame(0x88, Buffer.from([3, 232, 0x6f, 0x6b])),
    ]);
    const { heard, reader } = listening();
    feed(reader, bytes, Array.from(bytes.keys()));
    expect(heard).toEqual([
      { what: 'message', text: 'x'.repeat(130), binary: false },
      { what: 'close', code: 1000, reason: 'ok' },
    ]);
  });

  it('end with a goodbye, with or without a code', () => {
    const { heard, reader } = listening();
    feed(reader, Buffer.concat([frame(0x88, ''), frame(0x81, 'not heard any more')]), []);
    expect(heard).toEqual([{ what: 'close', code: 1005, reason: '' }]);
  });

  it.each([
    ['reserved bits', frame(0xc1, 'compressed')],
    ['a mask', Buffer.from([0x81, 0x80, 1, 2, 3, 4])],
    ['an unknown opcode', frame(0x83, '')],
    ['a long ping', frame(0x89, 'x'.repeat(126))],
    ['a ping in pieces', frame(0x09, 'x')],
    ['a continuation of nothing', frame(0x80, 'x')],
    ['a message inside a message', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')])],
  ])('with %s are no WebSocket', (_, bytes) => {
    const { heard, reader } = listening();
    feed(reader, bytes, []);
    expect(heard.at(-1)).toEqual({ what: 'broken', code: 1002 });
  });

  it('that announce more than anyone sends are refused before memory is taken for them', () => {
    const header = Buffer.alloc(10);
    header[0] = 0x82;
    header[1] = 127;
    header.writeBigUInt64BE(BigInt(largestMessageBytes) * 1000n, 2);
    for (const cuts of [[], [1], [5]]) {
      const { heard, reader } = listening();
      feed(reader, header, cuts);
      expect(heard).toEqual([{ what: 'broken', code: 1009 }]);
    }
  });
});
