import { describe, expect, it } from 'vitest';
import { metricNames, statistics } from '#contract/metrics';
import { Threshold } from '#contract/scenario/file';
import {
  defaultRowsOf,
  missingDefaults,
  nextRow,
  onlyVoice,
  statsOf,
  unitOf,
  withCondition,
  withMetric,
  withStat,
} from './rows.ts';

const ttfa = {
  metric: 'ttfa',
  stat: 'p99',
  target: '2s',
  acceptable: '3s',
  where: { turn: 2 },
  after: '30s',
};

describe('a row about another metric', () => {
  it('is always one that can be run, from whatever metric to whatever other', () => {
    for (const from of metricNames) {
      for (const stat of statsOf(from)) {
        for (const condition of ['below', 'above'] as const) {
          const row = withCondition(withStat(withMetric({}, from), stat), condition);
          for (const to of metricNames) {
            const found = Threshold.safeParse(withMetric(row, to));
            expect(found.error?.message, `${from} ${stat} ${condition} → ${to}`).toBeUndefined();
          }
        }
      }
    }
  });

  it('keeps what fits', () => {
    expect(withMetric(ttfa, 'ttfb')).toEqual({ ...ttfa, metric: 'ttfb' });
    expect(withMetric(ttfa, 'turn_success')).toEqual({
      metric: 'turn_success',
      stat: 'rate',
      target: '95%',
      acceptable: '90%',
      where: { turn: 2 },
      after: '30s',
    });
    expect(withMetric({ metric: 'turn_success', stat: 'rate', target: '97%' }, 'connection_success')).toEqual(
      {
        metric: 'connection_success',
        stat: 'rate',
        target: '97%',
      },
    );
  });

  it('drops a condition that was only the other metric’s', () => {
    const row = { metric: 'turn_success', stat: 'rate', condition: 'above', target: '95%' };
    expect(withMetric(row, 'connection_success')).not.toHaveProperty('condition');
    expect(withMetric(row, 'error_rate')).not.toHaveProperty('condition');
  });
});

describe('the parts of a row', () => {
  it('offer only statistics that the metric has', () => {
    expect(statsOf('turn_success')).toEqual(['rate']);
    expect(statsOf('calls_failed')).toEqual(['count']);
    expect(statsOf('ttfa')).toEqual(statistics.filter((stat) => stat !== 'rate'));
  });

  it('a count of a latency is compared with a number', () => {
    const counted = withStat(ttfa, 'count');
    expect(Threshold.safeParse(counted).success).toBe(true);
    expect(counted).toMatchObject({ stat: 'count', target: 0 });
  });

  it('a condition turned around turns its limits around', () => {
    const turned = withCondition(ttfa, 'above');
    expect(turned).toMatchObject({ condition: 'above', target: '3s', acceptable: '2s' });
    expect(Threshold.safeParse({ ...turned, where: undefined }).success).toBe(true);
    expect(withCondition(turned, 'below')).toEqual(ttfa);
  });
});

describe('the defaults', () => {
  it('are rows of the format', () => {
    for (const row of defaultRowsOf({ voice: true, requests: true }))
      expect(Threshold.safeParse(row).success).toBe(true);
  });

  it('are missing where no row of the whole run stands for them', () => {
    expect(missingDefaults([])).toHaveLength(5);
    expect(missingDefaults([{ metric: 'ttfa', stat: 'p95', target: '1s' }])).toHaveLength(4);
    expect(missingDefaults([{ metric: 'ttfa', stat: 'p95', target: '1s', where: { turn: 1 } }])).toHaveLength(
      5,
    );
    expect(missingDefaults(defaultRowsOf(onlyVoice))).toEqual([]);
    expect(missingDefaults(['odd', null])).toHaveLength(5);
  });

  it('come one by one where a row is added', () => {
    expect(nextRow([])).toMatchObject({ metric: 'ttfa' });
    expect(nextRow(defaultRowsOf(onlyVoice).slice(0, 1))).toMatchObject({ metric: 'barge_in' });
    expect(nextRow(defaultRowsOf(onlyVoice))).toMatchObject({ metric: 'ttfa' });
  });
});

describe('rows of a scenario whose users make requests', () => {
  const subjects = { voice: false, requests: true };

  it('are about requests', () => {
    expect(nextRow([], subjects)).toMatchObject({ metric: 'request' });
    expect(missingDefaults([], subjects).map((row) => row.metric)).toEqual([
      'request',
      'request_success',
      'check_success',
      'error_rate',
    ]);
  });

  it('have plain numbers where a metric counts a second', () => {
    const row = withMetric({ metric: 'request', stat: 'p95', target: '1s' }, 'requests_per_second');
    expect(row).toEqual({ metric: 'requests_per_second', stat: 'rate', target: 10 });
    expect(Threshold.safeParse(row).success).toBe(true);
    expect(unitOf('tokens_per_second', 'p50')).toBe('speed');
  });
});
