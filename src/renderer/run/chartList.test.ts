import { expect, it } from 'vitest';
import { ChartGroup } from '../charts/chartGroup.ts';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { sampleOf } from '../charts/testing.ts';
import { importedCharts, runCharts } from './chartList.ts';
import type { ChartSource } from './chartParts.ts';

function sourceOf(series: SampleSeries): ChartSource {
  return {
    series,
    group: new ChartGroup(() => 1),
    whole: () => null,
    peakCalls: () => 6,
    spans: () => [],
  };
}

it('leaves out of an imported run the charts its files have no value for', () => {
  const series = new SampleSeries();
  const source = sourceOf(series);
  const names = () => importedCharts(source, {}).map(({ name }) => name);
  expect(names()).toEqual([]);
  series.push(sampleOf(1, { active: 6, callsAttempted: 0, turnsOk: 0, turnsFailed: 0 }));
  expect(names()).toEqual(['calls']);
  expect(
    runCharts(source, { voice: true, requests: false, arrivals: false, tokens: false }, {}).map(
      ({ name }) => name,
    ),
  ).toContain('ttfa');
});

it('draws of a run what its users do', () => {
  const source = sourceOf(new SampleSeries());
  const names = (voice: boolean, requests: boolean, more = {}) =>
    runCharts(source, { voice, requests, arrivals: false, tokens: false, ...more }, {}).map(
      ({ name }) => name,
    );
  expect(names(false, true)).toEqual(['request', 'requests', 'iterations', 'users', 'bytes']);
  expect(names(false, true, { tokens: true, arrivals: true })).toEqual([
    'request',
    'first-token',
    'requests',
    'iterations',
    'users',
    'arrivals',
    'bytes',
  ]);
  expect(names(true, true)).toEqual([
    'request',
    'ttfa',
    'barge-in',
    'requests',
    'iterations',
    'calls',
    'throughput',
    'frames',
    'bytes',
  ]);
});

it('piles requests a second up and counts merged seconds as what they were each', () => {
  const series = new SampleSeries();
  series.push(sampleOf(4, { span: 4, requestsOk: 40, requestsFailed: 8 }));
  const chart = runCharts(
    sourceOf(series),
    { voice: false, requests: true, arrivals: false, tokens: false },
    {},
  ).find(({ name }) => name === 'requests');
  expect(chart?.kind).toBe('piled bars');
  expect(chart?.data().columns).toEqual([[10], [2]]);
});
