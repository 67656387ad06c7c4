import { describe, expect, it } from 'vitest';
import { locustTable, type LocustComparison } from './comparison.ts';
import { figuresOf, type Figures } from './measurement.ts';

function figures(cpu_s: number, ttfb_ms: number[]): Figures {
  const lateness_ms = { p50: 0.5, p99: 1.25, max: 3 };
  const counts = {
    users: 50,
    frames_sent: 10_000,
    messages_sent: 10_000,
    frames_per_call_per_s: 50,
    errors: 0,
  };
  return figuresOf(
    { ...counts, wall_s: 4, cpu_s, lateness_ms, ttfb_ms, ttfa_ms: [], rss_mb: 61.4 },
    { ttfb: [501], ttfa: [750] },
  );
}

function comparison(alone: LocustComparison['alone']): LocustComparison {
  const result = (cpu: number, ttfb: number[]) => ({
    medians: figures(cpu, ttfb),
    rounds: [figures(cpu, ttfb)],
  });
  return {
    users: 50,
    seconds: 15,
    rounds: 1,
    locust: { python: '/usr/bin/python3', versions: 'locust 2.12.1' },
    tools: { crosstalk: result(0.2, [502]), common: result(3, []), tuned: result(0.5, [503]) },
    ratios: { common: 15, tuned: 2.5 },
    alone,
  };
}

describe('the table', () => {
  it('sets each tool beside the others and beside the truth', () => {
    const lines = locustTable(comparison(null)).split('\n');
    expect(lines[0]).toContain('50 calls, windows of 15 s');
    const table = lines.slice(2, 6);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(table[0]).toMatch(/^\s+µs\/frame/);
    expect(table[1]).toMatch(/^Crosstalk\s+20\.0 .*502 \/ 502\s+501 \/ 501\s+– \/ –\s+750 \/ 750\s+61\s+0$/);
    expect(table[2]).toMatch(/^Locust, common script\s+300\.0 .*– \/ –\s+501 \/ 501/);
    expect(table[3]).toMatch(/^Locust, tuned\s+50\.0/);
  });

  it('says whether the goals are met', () => {
    const lines = locustTable(comparison(null)).split('\n');
    expect(lines.at(-2)).toMatch(/common script costs 15\.0 times .*at least 10, met/);
    expect(lines.at(-1)).toMatch(/tuned user costs 2\.5 times .*at least 3, not met/);
  });

  it('has a row for Crosstalk by itself when it was run', () => {
    expect(locustTable(comparison({ users: 300, figures: figures(0.1, []) }))).toMatch(
      /^Crosstalk, 300 calls\s+10\.0/m,
    );
  });
});
