import { describe, expect, it } from 'vitest';
import { columnsOf, drawingGain, fineOutline, type LaneSource } from './envelope.ts';

const sampleRate = 1000;
const samples = Int16Array.from({ length: 1000 }, (_, i) => (i === 500 ? 16_384 : i === 501 ? -8192 : 0));

function source(more: Partial<LaneSource> = {}): LaneSource {
  return {
    durationMs: 2000,
    outline: [-0.25, 0.5, -0.125, 0.125],
    chunkMs: 1000,
    fine: () => undefined,
    samples: () => undefined,
    ...more,
  };
}

const rounded = (columns: Float32Array) => [...columns].map((value) => Math.round(value * 1000) / 1000);

describe('the outline of a lane', () => {
  it('is that of the whole recording where nothing finer is known', () => {
    expect(rounded(columnsOf(source(), 0, 2000, 2))).toEqual([-0.25, 0.5, -0.125, 0.125]);
    expect(rounded(columnsOf(source(), 500, 1500, 1))).toEqual([-0.25, 0.5]);
    expect(rounded(columnsOf(source(), 1000, 1010, 2))).toEqual([-0.125, 0.125, -0.125, 0.125]);
  });

  it('is finer where the sound was fetched', () => {
    const fine = fineOutline(samples, sampleRate);
    expect(fine.length).toBe(200);
    const zoomed = source({ fine: (chunk) => (chunk === 0 ? fine : undefined) });
    expect(rounded(columnsOf(zoomed, 480, 520, 4))).toEqual([0, 0, 0, 0, -0.25, 0.5, 0, 0]);
    expect(rounded(columnsOf(zoomed, 1480, 1520, 1))).toEqual([-0.125, 0.125]);
  });

  it('is made of the samples close by', () => {
    const close = source({
      fine: () => fineOutline(samples, sampleRate),
      samples: () => ({ sampleRate, samples }),
    });
    expect(rounded(columnsOf(close, 499, 503, 4))).toEqual([0, 0, 0.5, 0.5, -0.25, -0.25, 0, 0]);
  });

  it('is flat beyond the recording, and where nothing is known at all', () => {
    expect(rounded(columnsOf(source(), 2000, 4000, 1))).toEqual([0, 0]);
    expect(rounded(columnsOf(source({ outline: [] }), 0, 2000, 1))).toEqual([0, 0]);
  });
});

it('is enlarged so that the loudest of both sides fills its lane', () => {
  expect(drawingGain([-0.1, 0.2], [-0.46, 0.3])).toBeCloseTo(2);
  expect(drawingGain([-1, 1], [0, 0])).toBeCloseTo(0.92);
  expect(drawingGain([-0.001, 0.001])).toBe(8);
  expect(drawingGain([], [0, 0])).toBe(1);
});
