import { expect, it } from 'vitest';
import { ChartGroup } from '../charts/chartGroup.ts';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { sampleOf } from '../charts/testing.ts';
import { type ChartSource, importedCharts, runCharts } from './chartList.ts';

it('leaves out of an imported run the charts its files have no value for', () => {
  const series = new SampleSeries();
  const source: ChartSource = {
    series,
    group: new ChartGroup(() => 1),
    whole: () => null,
    peakCalls: () => 6,
    spans: () => [],
  };
  const names = () => importedCharts(source, []).map(({ name }) => name);
  expect(names()).toEqual([]);
  series.push(sampleOf(1, { active: 6, callsAttempted: 0, turnsOk: 0, turnsFailed: 0 }));
  expect(names()).toEqual(['calls']);
  expect(runCharts(source, false, []).map(({ name }) => name)).toContain('ttfa');
});
