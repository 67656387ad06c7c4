import { describe, expect, it } from 'vitest';
import { decodedSource, formatWords } from './source.ts';

describe('sound that was decoded', () => {
  it('is sent interleaved, in whatever parts', async () => {
    const made = decodedSource('a', '', 8000, [Float32Array.of(0.5, 0.25), Float32Array.of(-0.5, -0.25)]);
    if (!made.ok) expect.unreachable(made.error.message);
    const source = made.value;
    expect(source).toMatchObject({
      bytes: 16,
      durationMs: 0.25,
      format: { kind: 'decoded', sampleRate: 8000, channels: 2 },
    });
    const bytes = Buffer.concat([await source.read(0, 12), await source.read(12, 16)]);
    expect([0, 4, 8, 12].map((at) => bytes.readFloatLE(at))).toEqual([0.5, -0.5, 0.25, -0.25]);
  });

  it('is mixed when its channels are too much together, and refused when it still is', async () => {
    const half = new Float32Array(30_000_000).fill(0.5);
    const made = decodedSource('long', '', 96_000, [half, new Float32Array(30_000_000)]);
    expect(made).toMatchObject({ value: { format: { channels: 1 }, bytes: 120_000_000 } });
    const first = made.ok ? await made.value.read(0, 4) : new Uint8Array(4);
    expect(Buffer.from(first).readFloatLE(0)).toBe(0.25);
    expect(decodedSource('long', '', 16_000, [half])).toMatchObject({
      error: { code: 'recording_too_long' },
    });
  });

  it('is refused when there is none', () => {
    expect(decodedSource('a', '', 8000, [new Float32Array(0)])).toMatchObject({
      error: { code: 'recording_empty' },
    });
  });
});

it('names formats', () => {
  expect([formatWords(44_100, 2), formatWords(16_000, 1), formatWords(22_050, 6)]).toEqual([
    '44.1 kHz stereo',
    '16 kHz mono',
    '22.05 kHz, 6 channels',
  ]);
});
