import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findVoiced, levelOf, rms } from '#contract/audio/level';
import { measureClip, readStretch } from './clipFile.ts';
import { ClipMeter, measureSpeech } from './meter.ts';
import { bytesOf, tone, wavOf } from './testing/clips.ts';
import { encodeWav } from './wav.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crosstalk-clip-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** Speech of several levels with pauses between, of a length that ends within a window. */
function mixture(): Int16Array {
  const parts = [tone(130), new Int16Array(5000), tone(700, { level: 0.6 }), new Int16Array(9000), tone(333)];
  const out = new Int16Array(parts.reduce((sum, part) => sum + part.length, 77));
  let at = 50;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

describe('the meter', () => {
  const samples = mixture();

  test('pieces of any size measure as the whole does', () => {
    const whole = measureSpeech(samples);
    for (const size of [1, 319, 320, 4096, samples.length]) {
      const meter = new ClipMeter(samples.length, 50);
      for (let at = 0; at < samples.length; at += size) meter.add(samples.subarray(at, at + size));
      const last = meter.lastVoiced();
      expect(last && meter.figures(samples.subarray(last.from, last.to))).toEqual(whole);
    }
  });

  test('its speech lies where the engine finds it', () => {
    const figures = measureSpeech(samples);
    const span = findVoiced(samples, 16_000);
    if (!span || !figures) throw new Error('silent');
    expect(figures.leadingMs).toBe((span.firstSample * 1000) / 16_000);
    expect(figures.trailingMs).toBe(((samples.length - 1 - span.lastSample) * 1000) / 16_000);
    expect(figures.longestPauseMs).toBe(540);
  });

  test('a quiet recording is measured by its own peak', () => {
    const quiet = tone(1000, { silenceMs: 200, level: 0.004 });
    const figures = measureSpeech(quiet);
    expect(figures?.level).toBeCloseTo(levelOf(rms(quiet, 3200, 19_200)), 1);
    expect(figures?.leadingMs).toBe(200);
  });

  test('peaks that are cut off are counted once each', () => {
    const loud = tone(100, { level: 0.99 });
    for (const at of [200, 900]) loud.fill(32_767, at, at + 9);
    loud.fill(-32_768, 1300, 1304);
    loud.fill(32_767, 1400, 1402);
    const meter = new ClipMeter(loud.length);
    meter.add(loud);
    expect(meter.clipped).toBe(3);
  });

  test('the outline is the lowest and highest of each stretch', () => {
    const ramp = Int16Array.from({ length: 1000 }, (_, i) => (i < 500 ? i * 32 : -i * 16));
    for (const size of [7, 1000]) {
      const meter = new ClipMeter(ramp.length, 4);
      for (let at = 0; at < ramp.length; at += size) meter.add(ramp.subarray(at, at + size));
      expect(meter.outline()).toEqual([0, 0.243, 0, 0.487, -0.366, 0, -0.488, 0]);
    }
    const short = new ClipMeter(3, 200);
    short.add(Int16Array.of(0, 16_384, -16_384));
    expect(short.outline()).toEqual([0, 0, 0, 0.5, -0.5, 0]);
  });
});

describe('files', () => {
  const samples = mixture();

  test('raw and WAV measure alike, wherever the samples begin', async () => {
    const raw = await measureClip(await file('a.pcm', bytesOf(samples)));
    if (!raw.ok) throw new Error(raw.error.message);
    expect(raw.value.samples).toBe(samples.length);
    expect(raw.value.speech).toEqual(measureSpeech(samples));
    expect(raw.value.outline).toHaveLength(400);
    const big = Buffer.alloc(8 + 200_000, 1);
    big.write('LIST', 0, 'latin1');
    big.writeUInt32LE(200_000, 4);
    const plain = wavOf(bytesOf(samples));
    const late = Buffer.concat([plain.subarray(0, 36), big, plain.subarray(36)]);
    for (const bytes of [plain, encodeWav(samples, 16_000), late]) {
      const wav = await measureClip(await file('a.wav', bytes));
      expect(wav).toEqual(raw);
    }
  });

  test('a long file is measured in pieces', async () => {
    const long = new Int16Array(16_000 * 60);
    long.set(tone(500), 16_000 * 59);
    const measured = await measureClip(await file('long.pcm', bytesOf(long)));
    expect(measured.ok && measured.value.speech).toMatchObject({ durationMs: 60_000, leadingMs: 59_000 });
  });

  test('silence has a level that can be told', async () => {
    const measured = await measureClip(await file('silent.pcm', new Uint8Array(640)));
    expect(measured.ok && measured.value).toMatchObject({ peak: -120, speech: null, durationMs: 20 });
  });

  test('a stretch from anywhere', async () => {
    for (const path of [
      await file('s.pcm', bytesOf(samples)),
      await file('s.wav', wavOf(bytesOf(samples))),
    ]) {
      const read = await readStretch(path, 100, 50);
      expect(read.ok && [...read.value.samples]).toEqual([...samples.subarray(100, 150)]);
      expect(read.ok && read.value.total).toBe(samples.length);
      const end = await readStretch(path, samples.length - 10, 960_000);
      expect(end.ok && end.value.samples).toHaveLength(10);
      const behind = await readStretch(path, samples.length + 10, 10);
      expect(behind.ok && behind.value.samples).toHaveLength(0);
    }
  });

  test('2 GB are refused without being read', async () => {
    const path = join(folder, 'huge.wav');
    await (await open(path, 'w')).close();
    await truncate(path, 2 * 1024 ** 3);
    const measured = await measureClip(path);
    expect(!measured.ok && measured.error).toMatchObject({ kind: 'invalid_input', code: 'clip_too_large' });
    expect(!measured.ok && measured.error.message).toContain('has 2048 MB; a clip may have at most 100 MB');
  });

  test.each([
    ['empty.pcm', new Uint8Array(0), 'clip_empty'],
    ['odd.pcm', new Uint8Array(3), 'clip_odd'],
    ['odd.wav', wavOf(new Uint8Array(5)), 'clip_odd'],
    ['phone.wav', wavOf(bytesOf(samples), { sampleRate: 8000 }), 'clip_format'],
    ['cut.wav', wavOf(new Uint8Array(10), { claimed: 640 }), 'clip_format'],
    ['header.wav', wavOf(new Uint8Array(10)).subarray(0, 20), 'clip_format'],
  ])('%s is refused as it is for a run', async (name, bytes, code) => {
    const measured = await measureClip(await file(name, bytes));
    expect(!measured.ok && measured.error.code).toBe(code);
  });

  test('what is not there, and a folder', async () => {
    const missing = await measureClip(join(folder, 'no.pcm'));
    expect(!missing.ok && missing.error.code).toBe('clip_missing');
    const notFile = await measureClip(folder);
    expect(!notFile.ok && notFile.error.code).toBe('clip_unreadable');
  });
});
