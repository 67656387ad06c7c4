import { describe, expect, it } from 'vitest';
import { anEnded, aStep, columnsOf } from '../history/requestTesting.ts';
import { aSample } from '../history/testing.ts';
import { mostNames, RequestSeries } from './series.ts';

const second = (t: number, requests: Parameters<typeof anEnded>[0][]) => ({
  sample: aSample(t),
  requests: requests.length === 0 ? [] : [{ firstId: 1, columns: columnsOf(requests.map(anEnded)) }],
});

describe('requests over time', () => {
  it('have the p95 of ten seconds, and how many there were and failed in this one, by name', () => {
    const series = new RequestSeries([aStep(1, { name: 'clients' }), aStep(2, { name: 'search' })]);
    const first = series.add(
      second(1, [
        { step: 1, request: 80 },
        { step: 1, request: 3, outcome: 'failed', status: 503 },
        { step: 2, request: 20 },
        { step: 0, request: 9000 },
        { step: 1, outcome: 'cut' },
      ]),
    );
    expect(first.begun.map(({ id, group, of, name, unit }) => [id, group, of, name, unit])).toEqual([
      [100_001, 'requests', 'clients', 'p95', 'ms'],
      [100_002, 'requests', 'clients', 'requests/s', '1/s'],
      [100_003, 'requests', 'clients', 'failures/s', '1/s'],
      [100_004, 'requests', 'search', 'p95', 'ms'],
      [100_005, 'requests', 'search', 'requests/s', '1/s'],
      [100_006, 'requests', 'search', 'failures/s', '1/s'],
    ]);
    expect(first.points.map(({ value }) => value)).toEqual([80, 2, 1, 20, 1, 0]);
    for (let t = 2; t <= 10; t++)
      expect(series.add(second(t, [])).points[0]).toEqual({ id: 100_001, t, value: 80 });
    expect(series.add(second(11, [])).points.map(({ value }) => value)).toEqual([null, 0, 0, null, 0, 0]);
  });

  it('of many names are those of the most requests in the first seconds, none of which is left out', () => {
    const steps = Array.from({ length: 20 }, (_, id) => aStep(id));
    const series = new RequestSeries(steps);
    // The later a step, the more often it is made.
    const all = steps.flatMap(({ id }) => Array.from({ length: id + 1 }, () => ({ step: id })));
    for (let t = 1; t <= 4; t++) expect(series.add(second(t, all)).points).toEqual([]);
    const { begun, points } = series.add(second(5, all));
    expect(new Set(begun.map(({ of }) => of))).toEqual(
      new Set(steps.slice(20 - mostNames).map(({ name }) => name)),
    );
    expect(points).toHaveLength(5 * 3 * mostNames);
    expect(series.add(second(6, all)).begun).toEqual([]);
  });
});
