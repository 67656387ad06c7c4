import { describe, expect, it } from 'vitest';
import { fileKind } from './fileKinds.ts';

function wavHead(options: {
  rate: number;
  channels: number;
  bits: number;
  data: number;
  before?: Buffer;
}): Buffer {
  const { rate, channels, bits, data, before = Buffer.alloc(0) } = options;
  const head = Buffer.alloc(36);
  head.write('RIFF', 0);
  head.writeUInt32LE(Math.min(0xffff_ffff, 36 + before.length + data), 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * channels * bits) / 8, 28);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  const chunk = Buffer.alloc(8);
  chunk.write('data', 0);
  chunk.writeUInt32LE(data, 4);
  return Buffer.concat([head, before, chunk]);
}

const padded = (...parts: (string | Buffer | number[])[]) =>
  Buffer.concat([
    ...parts.map((part) =>
      typeof part === 'string'
        ? Buffer.from(part, 'latin1')
        : Buffer.isBuffer(part)
          ? part
          : Buffer.from(part),
    ),
    Buffer.alloc(64),
  ]);

describe('a file by its first bytes', () => {
  it('is a WAV of a rate, channels and length, whatever stands before its samples', () => {
    const odd = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0]), Buffer.alloc(4)]);
    const head = wavHead({ rate: 44_100, channels: 2, bits: 24, data: 44_100 * 6 * 2, before: odd });
    expect(fileKind(head, head.length + 44_100 * 12, 'x.wav')).toEqual({
      kind: 'wav',
      sampleRate: 44_100,
      channels: 2,
      durationMs: 2000,
    });
  });

  it('is no longer than the file, whatever its header claims', () => {
    const head = wavHead({ rate: 16_000, channels: 1, bits: 16, data: 0xffff_ffff });
    expect(fileKind(head, head.length + 32_000, 'x')).toMatchObject({ durationMs: 1000 });
    expect(fileKind(head.subarray(0, 20), 20, 'x.wav')).toMatchObject({ kind: 'wav', durationMs: null });
  });

  it.each<[string, Buffer, string, number | null]>([
    ['MP3', padded([0xff, 0xfb, 0x90, 0x00]), 'a', 44_100],
    ['MP3', padded('ID3', [4, 0, 0, 0, 0, 1, 2], Buffer.alloc(130), [0xff, 0xf3, 0x94, 0x00]), 'a', 24_000],
    ['Ogg', padded('OggS', Buffer.alloc(24), '\x01vorbis', [0, 0, 0, 0, 2, 0x80, 0xbb, 0, 0]), 'a', 48_000],
    ['Ogg', padded('OggS', Buffer.alloc(24), 'OpusHead'), 'a', 48_000],
    ['FLAC', padded('fLaC', Buffer.alloc(14), [0x0a, 0xc4, 0x42, 0xf0]), 'a', 44_100],
    [
      'M4A',
      padded([0, 0, 0, 24], 'ftypM4A ', Buffer.alloc(300), 'mp4a', Buffer.alloc(24), [0xac, 0x44, 0, 0]),
      'a',
      44_100,
    ],
    ['WebM', padded([0x1a, 0x45, 0xdf, 0xa3]), 'a', null],
    ['AIFF', padded('FORM'), 'a.aiff', null],
  ])('is coded: %s', (name, head, file, sampleRate) => {
    expect(fileKind(head, head.length, file)).toEqual({ kind: 'coded', name, sampleRate });
  });

  it('is raw samples by its name alone, and else unknown', () => {
    const noise = Buffer.from([0xff, 0xfb, 0x90, 0x00, 9, 9]);
    expect(fileKind(noise, 6, 'insurance.pcm')).toEqual({ kind: 'raw' });
    expect(fileKind(Buffer.from('hello, world'), 12, 'notes.txt')).toBeNull();
    expect(fileKind(new Uint8Array(0), 0, 'empty')).toBeNull();
  });

  it('is a WAV of the big-endian kind, which is told from the others', () => {
    expect(fileKind(padded('RIFX', [0, 0, 0, 36], 'WAVEfmt '), 100, 'x.wav')).toEqual({ kind: 'bigEndian' });
  });
});
