import { describe, expect, it } from 'vitest';
import type { LoadForecast } from '#contract/api/scenarios';
import { Load } from '#contract/scenario/file';
import { arrivalShortage, forecastFigures, formatBandwidth } from './forecastWords.ts';

const forecast: LoadForecast = {
  executors: ['constant-arrival-rate'],
  peakCalls: 40,
  durationMs: 600_000,
  calls: { count: 1200, exact: true },
  callMs: 21_000,
  framesPerSecond: 2000,
  sentBytesPerSecond: 2_000_000,
  receivedBytesPerSecond: 125,
  machine: { judged: 'fits', most: 900, message: 'It carries 900 calls.' },
};

describe('the figures of a forecast', () => {
  it('say calls exactly where the load does, else about', () => {
    expect(forecastFigures(forecast)[0]?.value).toBe('1,200');
    const guessed = { ...forecast, calls: { count: 123_456, exact: false } };
    expect(forecastFigures(guessed)[0]?.value).toBe('about 123.5 k');
    expect(forecastFigures({ ...guessed, executors: ['breaking-point'] })[0]?.value).toBe('up to 123.5 k');
    expect(forecastFigures(guessed)[0]?.about).toContain('21 s');
  });

  it('say a length that may be shorter as such', () => {
    expect(forecastFigures(forecast)[2]?.value).toBe('10 m');
    expect(forecastFigures({ ...forecast, executors: ['breaking-point'] })[2]?.value).toBe('at most 10 m');
  });

  it('count bandwidth in bits', () => {
    expect(formatBandwidth(2_000_000)).toBe('16 Mbit/s');
    expect(formatBandwidth(125)).toBe('1 kbit/s');
    expect(formatBandwidth(10)).toBe('80 bit/s');
    expect(formatBandwidth(154_321)).toBe('1.23 Mbit/s');
    expect(formatBandwidth(250_000_000)).toBe('2 Gbit/s');
  });
});

describe('a rate that needs more calls at once than may be', () => {
  const load = Load.parse({ executor: 'constant-arrival-rate', rate: 2, duration: '30s', max_users: 4 });

  it('says so before the run', () => {
    expect(arrivalShortage(load, 9000)).toBe(
      'With 2 calls a second of about 9 s each, about 18 are open at once: only 4 may be, so arrivals will be dropped.',
    );
  });

  it('says nothing where they fit, or where nothing is known', () => {
    expect(arrivalShortage(load, 2000)).toBeNull();
    expect(arrivalShortage(load, null)).toBeNull();
    expect(arrivalShortage(Load.parse({ users: 9, duration: '1m' }), 9000)).toBeNull();
  });
});
