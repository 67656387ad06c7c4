import { describe, expect, it } from 'vitest';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { sampleOf } from '../charts/testing.ts';
import { arrivalFigures, formatRate } from './arrivals.ts';

describe('arrivals in figures', () => {
  it('are those of the summary once a run has ended', () => {
    const arrivals = { asked: 120, started: 110, dropped: 10, asked_per_s: 2, achieved_per_s: 1.833 };
    const shown = arrivalFigures(arrivals, new SampleSeries());
    expect(shown).toMatchObject({ achieved: '1.83/s', asked: '2/s', dropped: '10', short: true });
    expect(shown?.about).toContain('over the whole run');
  });

  it('are of the last seconds while it goes on', () => {
    const series = new SampleSeries();
    expect(arrivalFigures(null, series)).toBeNull();
    for (let t = 1; t <= 10; t++) {
      series.push(
        sampleOf(t, { arrivalsAsked: 2, arrivalsDropped: t > 5 ? 1 : 0, callsAttempted: t > 5 ? 1 : 2 }),
      );
    }
    expect(arrivalFigures(null, series)).toMatchObject({
      achieved: '1/s',
      asked: '2/s',
      dropped: '5',
      short: true,
    });
  });

  it('no run of users has', () => {
    const series = new SampleSeries();
    series.push(sampleOf(1));
    expect(arrivalFigures(null, series)).toBeNull();
  });

  it('read well at every size', () => {
    expect([0.5, 12.345, 1234.5].map(formatRate)).toEqual(['0.5/s', '12.3/s', '1,230/s']);
  });
});
