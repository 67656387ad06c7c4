import { describe, expect, it } from 'vitest';
import { figuresOf, medianFigures, parseMeasurement, type Measurement } from './measurement.ts';

const measurement: Measurement = {
  users: 50,
  wall_s: 15,
  cpu_s: 3,
  frames_sent: 37_500,
  messages_sent: 30_000,
  frames_per_call_per_s: 50,
  lateness_ms: { p50: 0.5, p99: 2, max: 9 },
  ttfb_ms: [500, 520, 510],
  ttfa_ms: [],
  rss_mb: 60,
  errors: 0,
};

describe('a measurement', () => {
  it('is read as the tools write it', () => {
    expect(parseMeasurement('tuned', JSON.stringify(measurement))).toEqual(measurement);
  });

  it.each([
    ['{"users": 5', /tuned is not JSON/],
    [JSON.stringify({ ...measurement, cpu_s: null }), /tuned is unusable: [^]*cpu_s/],
    [JSON.stringify({ ...measurement, ttfb_ms: [1, -1] }), /tuned is unusable: [^]*ttfb_ms/],
    [JSON.stringify({ ...measurement, wall_s: 0 }), /tuned is unusable: [^]*wall_s/],
    [JSON.stringify({ ...measurement, frames_sent: 0, errors: 7 }), /tuned sent nothing .* 7 errors/],
    [JSON.stringify({ ...measurement, users: 0 }), /tuned sent nothing/],
  ])('is refused when it cannot be used: %s', (text, message) => {
    expect(() => parseMeasurement('tuned', text)).toThrow(message);
  });

  it('becomes figures, the truth beside what was said', () => {
    const figures = figuresOf(measurement, { ttfb: [501, 502], ttfa: [700, 900] });
    expect(figures).toMatchObject({
      cpuUsPerFrame: 80,
      cpuUsPerMessage: 100,
      cores: 0.2,
      ttfbP50: 510,
      ttfbP95: 520,
      ttfaP50: null,
      trueTtfbP50: 501,
      trueTtfaP95: 900,
    });
  });
});

describe('medians', () => {
  it('are taken figure by figure; a round without one does not count', () => {
    const round = (cpu_s: number, ttfa_ms: number[]) =>
      figuresOf({ ...measurement, cpu_s, ttfa_ms }, { ttfb: [], ttfa: [] });
    const figures = medianFigures([round(6, []), round(1.5, [700]), round(3, [800])]);
    expect(figures).toMatchObject({ cpuUsPerFrame: 80, ttfaP50: 750, trueTtfbP50: null });
  });

  it('of no round are refused', () => {
    expect(() => medianFigures([])).toThrow(/at least one round/);
  });
});
