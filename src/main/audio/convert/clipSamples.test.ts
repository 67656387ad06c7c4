import { describe, expect, test } from 'vitest';
import { toClipSamples } from './clipSamples.ts';
import type { AnyAudio } from './wavAny.ts';

async function converted(audio: AnyAudio): Promise<Int16Array> {
  const made = await toClipSamples(audio);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

function sine(sampleRate: number, frequency: number, seconds = 1, level = 0.5): AnyAudio {
  const samples = Float32Array.from(
    { length: sampleRate * seconds },
    (_, i) => Math.sin((2 * Math.PI * frequency * i) / sampleRate) * level,
  );
  return { sampleRate, channels: 1, samples };
}

/** Level of everything in the middle of the samples, in dB of full scale. */
function levelOf(samples: Int16Array): number {
  const middle = samples.subarray(2000, samples.length - 2000);
  const power = middle.reduce((sum, s) => sum + (s / 32_768) ** 2, 0) / middle.length;
  return 10 * Math.log10(2 * power);
}

/** Amplitude of one frequency in the middle of the samples, in dB of full scale. */
function levelAt(samples: Int16Array, frequency: number): number {
  let re = 0;
  let im = 0;
  const [from, to] = [2000, 14_000];
  for (let i = from; i < to; i++) {
    const angle = (2 * Math.PI * frequency * i) / 16_000;
    re += ((samples[i] ?? 0) / 32_768) * Math.cos(angle);
    im += ((samples[i] ?? 0) / 32_768) * Math.sin(angle);
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / (to - from));
}

describe('the filter', () => {
  test.each([8000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])(
    'a 1 kHz tone at %i Hz survives within 0.1 dB',
    async (rate) => {
      const out = await converted(sine(rate, 1000));
      expect(levelAt(out, 1000)).toBeCloseTo(20 * Math.log10(0.5), 1);
      expect(levelOf(out)).toBeCloseTo(20 * Math.log10(0.5), 1);
    },
  );

  test.each([
    [44_100, 10_000],
    [48_000, 8400],
    [48_000, 15_000],
    [96_000, 40_000],
  ])(
    'a tone at %i Hz that 16 kHz cannot hold (%i Hz) vanishes instead of coming back as another',
    async (rate, hz) => {
      const out = await converted(sine(rate, hz, 1, 0.9));
      expect(levelOf(out)).toBeLessThan(-80);
    },
  );

  test('7 kHz, which 16 kHz can hold, stays', async () => {
    expect(levelAt(await converted(sine(44_100, 7000)), 7000)).toBeCloseTo(20 * Math.log10(0.5), 1);
  });
});

describe('in time', () => {
  test.each([8000, 11_025, 44_100, 48_000, 96_000, 384_000])(
    'a click at %i Hz stays where it was, wherever pieces begin',
    async (rate) => {
      for (const seconds of [0.1, 0.9]) {
        const samples = new Float32Array(rate);
        const at = Math.round(rate * seconds);
        samples[at] = 1;
        const out = await converted({ sampleRate: rate, channels: 1, samples });
        let loudest = 0;
        out.forEach((s, i) => {
          if (Math.abs(s) > Math.abs(out[loudest] ?? 0)) loudest = i;
        });
        expect(Math.abs(loudest - (at * 16_000) / rate)).toBeLessThanOrEqual(1);
      }
    },
  );

  test.each([
    [44_100, 44_100, 16_000],
    [44_100, 1, 0],
    [44_100, 100, 36],
    [8000, 4001, 8002],
    [48_000, 480_007, 160_002],
  ])('%i Hz: %i frames become %i', async (rate, frames, wanted) => {
    const audio = { sampleRate: rate, channels: 1, samples: new Float32Array(frames) };
    expect(await converted(audio)).toHaveLength(wanted);
  });

  test('the end is not swallowed', async () => {
    const out = await converted(sine(44_100, 500));
    const end = out.subarray(-160);
    expect(Math.max(...end)).toBeGreaterThan(14_000);
  });
});

describe('samples', () => {
  test('16 kHz mono passes bit for bit', async () => {
    const values = [0, 1, -1, 1234, 32_767, -32_768];
    const audio = { sampleRate: 16_000, channels: 1, samples: Float32Array.from(values, (v) => v / 32_768) };
    expect([...(await converted(audio))]).toEqual(values);
  });

  test('channels are averaged', async () => {
    const samples = Float32Array.of(0.5, 0.25, -0.5, 0.5, 1, 1);
    expect([...(await converted({ sampleRate: 16_000, channels: 2, samples }))]).toEqual([12_288, 0, 32_767]);
  });

  test('what is too loud stays at full scale and does not wrap around', async () => {
    const out = await converted(sine(44_100, 100, 1, 3));
    expect(Math.max(...out)).toBe(32_767);
    expect(Math.min(...out)).toBe(-32_768);
    let jumps = 0;
    for (let i = 1; i < out.length; i++) if (Math.abs((out[i] ?? 0) - (out[i - 1] ?? 0)) > 30_000) jumps++;
    expect(jumps).toBe(0);
  });

  test('others can work meanwhile, and it can be given up', async () => {
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    const made = await toClipSamples(sine(44_100, 100, 2), stop.signal);
    expect(!made.ok && made.error.code).toBe('cancelled');
  });

  test.each([
    [{ sampleRate: 500, channels: 1 }, '500 samples a second'],
    [{ sampleRate: NaN, channels: 1 }, 'NaN samples a second'],
    [{ sampleRate: 44_100, channels: 0 }, '0 channels'],
    [{ sampleRate: 44_100, channels: 33 }, '33 channels'],
  ])('%o is refused', async (what, message) => {
    const made = await toClipSamples({ ...what, samples: new Float32Array(10) });
    expect(!made.ok && made.error.message).toContain(message);
  });
});
