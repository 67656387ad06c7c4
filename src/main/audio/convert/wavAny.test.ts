import { describe, expect, test } from 'vitest';
import { wavOf } from '../testing/clips.ts';
import { decodeAlaw, decodeMulaw } from './companding.ts';
import { decodeWavAny, type DecodedAudio } from './wavAny.ts';

function decoded(bytes: Uint8Array): DecodedAudio {
  const made = decodeWavAny(bytes);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}
function refusal(bytes: Uint8Array): string {
  const made = decodeWavAny(bytes);
  if (made.ok) throw new Error('accepted');
  expect(made.error).toMatchObject({ kind: 'invalid_input', code: 'audio_unreadable' });
  return made.error.message;
}
function bytes(count: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(count));
  write(view);
  return new Uint8Array(view.buffer);
}

/** Turns a plain header into an extensible one. */
function extensible(plain: Uint8Array): Uint8Array {
  const head = Buffer.from(plain.subarray(0, 36));
  const more = Buffer.alloc(24);
  more.writeUInt16LE(22, 0);
  more.writeUInt16LE(head.readUInt16LE(34), 2);
  more.writeUInt16LE(head.readUInt16LE(20), 8);
  head.writeUInt32LE(40, 16);
  head.writeUInt16LE(0xfffe, 20);
  return Buffer.concat([head, more, plain.subarray(36)]);
}

const wanted = [0.5, -0.25, 0, -1];

describe('every depth', () => {
  const eight = bytes(4, (view) => [192, 96, 128, 0].forEach((v, i) => view.setUint8(i, v)));
  const sixteen = bytes(8, (view) => wanted.forEach((v, i) => view.setInt16(i * 2, v * 32_768, true)));
  const twentyFour = bytes(12, (view) =>
    wanted.forEach((v, i) => {
      view.setUint16(i * 3, (v * 2 ** 23) & 0xffff, true);
      view.setInt8(i * 3 + 2, (v * 2 ** 23) >> 16);
    }),
  );
  const thirtyTwo = bytes(16, (view) => wanted.forEach((v, i) => view.setInt32(i * 4, v * 2 ** 31, true)));
  const float = bytes(16, (view) => wanted.forEach((v, i) => view.setFloat32(i * 4, v, true)));
  const double = bytes(32, (view) => wanted.forEach((v, i) => view.setFloat64(i * 8, v, true)));

  test.each([
    ['8-bit', eight, { bits: 8 }],
    ['16-bit', sixteen, { bits: 16 }],
    ['24-bit', twentyFour, { bits: 24 }],
    ['32-bit', thirtyTwo, { bits: 32 }],
    ['32-bit float', float, { bits: 32, codec: 3 }],
    ['64-bit float', double, { bits: 64, codec: 3 }],
  ])('%s, plain and extensible', (_, pcm, options) => {
    for (const file of [wavOf(pcm, options), extensible(wavOf(pcm, options))]) {
      const audio = decoded(file);
      expect([...audio.samples]).toEqual(wanted);
      expect(audio).toMatchObject({ sampleRate: 16_000, channels: 1, notes: [] });
    }
  });

  test('20 bits in three bytes are read by their bytes', () => {
    expect([...decoded(patched(wavOf(twentyFour, { bits: 24 }), 34, 20)).samples]).toEqual(wanted);
  });

  test('µ-law and A-law', () => {
    const codes = Uint8Array.of(0xff, 0x00, 0x80, 0x7f);
    expect([...decoded(wavOf(codes, { codec: 7, bits: 8 })).samples].map((s) => s * 32_768)).toEqual([
      0, -32_124, 32_124, 0,
    ]);
    expect([0xd5, 0x55, 0xaa, 0x2a].map(decodeAlaw)).toEqual([8, -8, 32_256, -32_256]);
    expect(decoded(wavOf(codes, { codec: 6, bits: 8, sampleRate: 8000 })).described).toBe(
      '8000 Hz, 8-bit, mono A-law',
    );
  });

  test('companded values grow with their codes and are the same on both sides of zero', () => {
    const positive = Array.from({ length: 128 }, (_, i) => decodeMulaw(0xff - i));
    expect(positive).toEqual([...positive].sort((a, b) => a - b));
    for (let i = 0; i < 128; i++) expect(decodeMulaw(0x7f - i)).toBe(-decodeMulaw(0xff - i) + 0);
    const alaw = Array.from({ length: 128 }, (_, i) => decodeAlaw((i | 0x80) ^ 0x55));
    expect(alaw).toEqual([...alaw].sort((a, b) => a - b));
  });

  test('channels stay side by side', () => {
    const stereo = decoded(wavOf(sixteen, { channels: 2, sampleRate: 44_100 }));
    expect(stereo).toMatchObject({ sampleRate: 44_100, channels: 2 });
    expect(stereo.described).toBe('44100 Hz, 16-bit, stereo PCM');
    expect([...stereo.samples]).toEqual(wanted);
  });
});

function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Buffer.from(file);
  copy.writeUInt16LE(value, at);
  return copy;
}

describe('what is not quite right', () => {
  const pcm = new Uint8Array(400).fill(1);

  test('a file that ends too early is read as far as it goes', () => {
    const audio = decoded(wavOf(pcm, { claimed: 800 }));
    expect(audio.samples).toHaveLength(200);
    expect(audio.notes).toEqual(['The file ends too early: 50 % of the audio its header promises is there.']);
  });

  test('half a sample at the end is left out', () => {
    const audio = decoded(wavOf(new Uint8Array(403), { channels: 2 }));
    expect(audio.samples).toHaveLength(200);
    expect(audio.notes).toEqual(['The file ends in the middle of a sample, which is left out.']);
  });

  test('a length that was never filled in is no reason to complain', () => {
    expect(decoded(wavOf(pcm, { claimed: 0xffffffff })).notes).toEqual([]);
  });

  test('what is no number becomes silence', () => {
    const float = bytes(12, (view) =>
      [NaN, Infinity, 0.5].forEach((v, i) => view.setFloat32(i * 4, v, true)),
    );
    const audio = decoded(wavOf(float, { codec: 3, bits: 32 }));
    expect([...audio.samples]).toEqual([0, 0, 0.5]);
    expect(audio.notes).toEqual(['2 samples are not numbers; they are silence now.']);
  });

  test.each([
    [new Uint8Array(100), 'The file is not a WAV file; bring in a WAV file.'],
    [new Uint8Array(0), 'is not a WAV file'],
    [wavOf(new Uint8Array(0)), 'has no samples'],
    [wavOf(pcm).subarray(0, 30), 'has a broken header'],
    [wavOf(pcm, { codec: 17, bits: 4 }), 'is 16000 Hz, 4-bit, mono IMA ADPCM, which cannot be read'],
    [wavOf(pcm, { channels: 0 }), 'has 0 channels'],
    [wavOf(pcm, { channels: 64 }), 'has 64 channels; it may have 1 to 32'],
    [wavOf(pcm, { sampleRate: 0 }), 'has 0 samples a second'],
    [wavOf(pcm, { bits: 0 }), 'is 16000 Hz, 0-bit, mono PCM, which cannot be read'],
  ])('%#: refused by what it is', (file, message) => {
    expect(refusal(file)).toContain(message);
  });
});

test('a large file of broadcasters is WAV too', () => {
  const file = Buffer.from(wavOf(new Uint8Array(3200)));
  file.write('BW64', 0, 'latin1');
  file.writeUInt32LE(0xffffffff, 40);
  expect(decoded(file).samples.length).toBe(1600);
});
