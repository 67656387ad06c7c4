import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeClip, largestClipBytes, readClip, toWire, type WireFormat } from './clips.ts';
import { bytesOf, tone, wavOf } from './testing/clips.ts';

const wire: WireFormat = { sampleRate: 16_000, frameMs: 20, maxFrames: null, speechLevel: -45 };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-clips-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function refusal(bytes: Uint8Array, name = 'hello.wav'): string {
  const decoded = decodeClip(bytes, name);
  if (decoded.ok) throw new Error('accepted');
  expect(decoded.error.kind).toBe('invalid_input');
  return decoded.error.message;
}

describe('what a clip may be', () => {
  const samples = tone(100);

  test('raw PCM and WAV hold the same samples', () => {
    for (const bytes of [
      bytesOf(samples),
      wavOf(bytesOf(samples)),
      wavOf(bytesOf(samples), { extraChunk: true }),
      wavOf(bytesOf(samples), { claimed: 0xffffffff }),
    ]) {
      const decoded = decodeClip(bytes, 'x');
      expect(decoded.ok && [...decoded.value]).toEqual([...samples]);
    }
  });

  test('bytes at an odd address are read as well', () => {
    const shifted = new Uint8Array(bytesOf(samples).length + 1);
    shifted.set(bytesOf(samples), 1);
    const decoded = decodeClip(shifted.subarray(1), 'x.pcm');
    expect(decoded.ok && [...decoded.value]).toEqual([...samples]);
  });

  test.each([
    [{ sampleRate: 8000 }, '8000 Hz, 16-bit, mono PCM'],
    [{ channels: 2 }, '16000 Hz, 16-bit, stereo PCM'],
    [{ bits: 24 }, '16000 Hz, 24-bit, mono PCM'],
    [{ codec: 7, bits: 8, sampleRate: 8000 }, '8000 Hz, 8-bit, mono µ-law'],
    [{ codec: 3, bits: 32 }, '16000 Hz, 32-bit, mono floating point'],
    [{ codec: 999 }, '16000 Hz, 16-bit, mono codec 999'],
  ])('a WAV of %o is refused by what it is', (options, found) => {
    expect(refusal(wavOf(bytesOf(samples), options))).toBe(
      `hello.wav is ${found}; a clip must be 16000 Hz, 16-bit, mono PCM`,
    );
  });

  test('empty, odd and cut-off files are refused', () => {
    expect(refusal(new Uint8Array(0), 'a.pcm')).toBe('a.pcm is empty');
    expect(refusal(new Uint8Array(641), 'a.pcm')).toContain('a.pcm has an odd number of bytes (641)');
    expect(refusal(wavOf(new Uint8Array(0)))).toBe('hello.wav has no samples');
    expect(refusal(wavOf(new Uint8Array(11)))).toContain('ends in the middle of a sample');
    expect(refusal(wavOf(new Uint8Array(10), { claimed: 640 }))).toContain(
      'promises 640 bytes of samples and 10 are there',
    );
    expect(refusal(wavOf(new Uint8Array(10)).subarray(0, 30))).toContain('has a broken header');
  });

  test('other audio files are told by their content or name', () => {
    expect(refusal(Buffer.from('OggS....'), 'a.pcm')).toContain('is an Ogg file');
    expect(refusal(Buffer.from('ID3\u0004..'), 'a.mp3')).toContain('is an MP3 file');
    expect(refusal(new Uint8Array(4), 'a.flac')).toContain('is a .flac file');
    expect(refusal(new Uint8Array(4), 'a.wav')).toContain('is not a WAV file in spite of its name');
  });
});

describe('files', () => {
  test('a missing file, a folder and one that is too large are named', async () => {
    const missing = await readClip(join(folder, 'no.pcm'));
    expect(!missing.ok && missing.error.code).toBe('clip_missing');
    const notFile = await readClip(folder);
    expect(!notFile.ok && notFile.error.message).toContain('is not a file');
    const large = join(folder, 'large.pcm');
    await writeFile(large, '');
    await truncate(large, largestClipBytes + 2);
    const tooLarge = await readClip(large);
    expect(!tooLarge.ok && tooLarge.error.message).toBe(
      `${large} has 101 MB; a clip may have at most 100 MB`,
    );
  });
});

describe('on the wire', () => {
  test('samples are shared and their voiced span is found', () => {
    const made = toWire('x', 'x.pcm', tone(200, { silenceMs: 100 }), wire);
    if (!made.ok) throw new Error(made.error.message);
    expect(made.value.samples).toBeInstanceOf(SharedArrayBuffer);
    expect(made.value.samples.byteLength).toBe(6400 * 2);
    expect(made.value.voiced.firstSample).toBe(1600);
    expect(made.value.voiced.lastSample).toBeGreaterThan(4700);
    expect(made.value.voiced.lastSample).toBeLessThan(4800);
  });

  test('max_chunks cuts at whole frames', () => {
    const cut = toWire('x', 'x.pcm', tone(1000), { ...wire, maxFrames: 5, frameMs: 40 });
    expect(cut.ok && cut.value.samples.byteLength).toBe(5 * 40 * 16 * 2);
    const whole = toWire('x', 'x.pcm', tone(100), { ...wire, maxFrames: 100 });
    expect(whole.ok && whole.value.samples.byteLength).toBe(1600 * 2);
  });

  test('24 kHz keeps the voiced span where it was', () => {
    const at16 = toWire('x', 'x', tone(400, { silenceMs: 100 }), wire);
    const at24 = toWire('x', 'x', tone(400, { silenceMs: 100 }), { ...wire, sampleRate: 24_000 });
    if (!at16.ok || !at24.ok) throw new Error('refused');
    expect(at24.value.sampleRate).toBe(24_000);
    expect(at24.value.samples.byteLength).toBe((at16.value.samples.byteLength * 3) / 2);
    const ms = (sample: number, rate: number) => (sample * 1000) / rate;
    expect(ms(at24.value.voiced.lastSample, 24_000)).toBeCloseTo(ms(at16.value.voiced.lastSample, 16_000), 0);
  });

  test('silence is refused, also when only the part that is spoken is silent', () => {
    const silent = toWire('x', 'x.pcm', new Int16Array(3200), wire);
    expect(!silent.ok && silent.error.message).toContain('x.pcm is silent');
    const cut = toWire('x', 'x.pcm', tone(100, { silenceMs: 200 }), { ...wire, maxFrames: 5 });
    expect(!cut.ok && cut.error.message).toContain('the first 5 chunks of x.pcm are silent');
  });
});
