import { describe, expect, it } from 'vitest';
import type { HeatMap } from '#contract/review';
import { cellAt, cellFacts, mostIn, timeTicks, valueTicks } from './heatGrid.ts';
import { cellColour, fullness, legendCounts } from './heatScale.ts';

const map: HeatMap = {
  metric: 'ttfa',
  fromS: 10,
  stepS: 5,
  edges: [100, 200, 400],
  counts: [
    [3, 1],
    [0, 7],
  ],
};

describe('the cells of a heat map', () => {
  it('know their time, their values and their share', () => {
    expect(cellFacts(map, { column: 1, row: 1 })).toEqual({
      fromS: 15,
      toS: 20,
      least: 200,
      below: 400,
      count: 7,
      inColumn: 7,
      lowest: false,
      highest: true,
    });
    expect(cellFacts(map, { column: 2, row: 0 })).toBeNull();
    expect(cellFacts(map, { column: 0, row: 2 })).toBeNull();
    expect(mostIn(map)).toBe(7);
    expect(mostIn({ ...map, counts: [] })).toBe(0);
  });

  it('are found by where somebody points', () => {
    expect(cellAt(map, 14.9, 0.4)).toEqual({ column: 0, row: 0 });
    expect(cellAt(map, 15, 1)).toEqual({ column: 1, row: 1 });
    expect(cellAt(map, 9, 0.5)).toBeNull();
    expect(cellAt(map, 20, 0.5)).toBeNull();
    expect(cellAt({ ...map, edges: [], counts: [] }, 12, 0.5)).toBeNull();
  });
});

describe('its axes', () => {
  it('name round values where there is room for them', () => {
    expect(valueTicks([100, 1000], 260).map(({ value }) => value)).toEqual([100, 200, 300, 500, 700, 1000]);
    expect(valueTicks([100, 1000], 60).map(({ value }) => value)).toEqual([100, 300, 1000]);
    expect(valueTicks([412, 431], 260).map(({ value }) => value)).toEqual([412, 431]);
    expect(valueTicks([], 260)).toEqual([]);
  });

  it('name round moments', () => {
    expect(timeTicks([3, 61], 400, [1, 2, 5, 10, 15, 30, 60])).toEqual([15, 30, 45, 60]);
  });
});

describe('its colours', () => {
  it('tell one value from none, and rise evenly', () => {
    expect(fullness(0, 1000)).toBe(0);
    expect(fullness(1, 1000)).toBeGreaterThan(0.09);
    expect(fullness(1000, 1000)).toBe(1);
  });

  it('stand out from the ground of both themes', () => {
    expect(cellColour(1000, 1000, 'dark')).toBe('rgb(254 232 56)');
    expect(cellColour(1000, 1000, 'light')).toBe('rgb(0 34 78)');
  });

  it('have a legend that ends with the fullest cell', () => {
    expect(legendCounts(0)).toEqual([]);
    expect(legendCounts(1)).toEqual([1]);
    expect(legendCounts(840)).toEqual([1, 5, 50, 200, 840]);
  });
});
