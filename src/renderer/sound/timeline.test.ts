import { expect, it } from 'vitest';
import { layOut, phaseAt, turnAt } from './timeline.ts';

const turns = [
  { pauseBeforeMs: 500, clipMs: 1000 },
  { pauseBeforeMs: 0, clipMs: 2000 },
  { pauseBeforeMs: 300, clipMs: 0 },
];

it('lays turns out with their pauses and the agent between them', () => {
  expect(layOut(turns, 1500)).toEqual({
    spans: [
      { startMs: 0, speechMs: 500, speechEndMs: 1500, endMs: 3000 },
      { startMs: 3000, speechMs: 3000, speechEndMs: 5000, endMs: 6500 },
      { startMs: 6500, speechMs: 6800, speechEndMs: 6800, endMs: 6800 },
    ],
    durationMs: 6800,
  });
  expect(layOut([], 1500)).toEqual({ spans: [], durationMs: 0 });
});

it('tells which turn a moment belongs to and what is heard then', () => {
  const timeline = layOut(turns, 1500);
  const moments = [0, 500, 1499, 1500, 3000, 5200, 6500, 6800, 9000];
  expect(moments.map((ms) => [turnAt(timeline, ms), phaseAt(timeline, ms)])).toEqual([
    [0, 'pause'],
    [0, 'caller'],
    [0, 'caller'],
    [0, 'agent'],
    [1, 'caller'],
    [1, 'agent'],
    [2, 'pause'],
    [2, 'agent'],
    [2, 'agent'],
  ]);
  expect([turnAt(layOut([], 0), 0), phaseAt(layOut([], 0), 0)]).toEqual([null, null]);
});
