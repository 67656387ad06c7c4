import { describe, expect, it } from 'vitest';
import type { BreakingPoint, HeldStep, ThresholdResult } from '#contract/run';
import {
  failedThresholds,
  searchSentence,
  searchState,
  stepSpans,
  stepTime,
  stepWords,
} from './breakingPoint.ts';

const ttfa: ThresholdResult = {
  metric: 'ttfa',
  stat: 'p95',
  condition: 'below',
  target: 2000,
  acceptable: 3000,
  value: 3412,
  status: 'fail',
};

function step(more: Partial<HeldStep> = {}): HeldStep {
  return {
    users: 50,
    from_s: 10,
    to_s: 40,
    kind: 'step',
    result: 'pass',
    ttfa_p95: 900,
    barge_in_p95: null,
    thresholds: [],
    ...more,
  };
}

function found(more: Partial<BreakingPoint> = {}): BreakingPoint {
  return {
    holds: 140,
    breaks_at: 150,
    limited_by: 'target',
    sentence: 'holds 140 calls',
    steps: [],
    ...more,
  };
}

describe('the steps of a search', () => {
  it('say what became of each', () => {
    expect(
      (['pass', 'warn', 'fail', 'generator', 'cut', null] as const).map((result) =>
        stepWords(step({ result })),
      ),
    ).toEqual([
      { tone: 'pass', result: 'Held' },
      { tone: 'warn', result: 'Held, acceptable' },
      { tone: 'fail', result: 'Not held' },
      { tone: 'other', result: 'This machine was the limit' },
      { tone: 'other', result: 'Cut short' },
      { tone: 'now', result: 'Being held' },
    ]);
  });

  it('name the thresholds that were not met, with what was measured', () => {
    const met: ThresholdResult = { ...ttfa, status: 'warn' };
    const success: ThresholdResult = {
      metric: 'connection_success',
      stat: 'rate',
      condition: 'above',
      target: 0.98,
      acceptable: 0.95,
      value: null,
      status: 'fail',
    };
    expect(failedThresholds(step({ thresholds: [ttfa, met, success] }))).toEqual([
      'ttfa p95 3.4 s (≤ 3 s)',
      'connect no value (≥ 95 %)',
    ]);
  });

  it('are stretches of the run; one that is being held goes on', () => {
    const steps = [step(), step({ users: 100, from_s: 50, to_s: null, result: null })];
    expect(stepSpans(found({ steps })).map(({ fromS, toS, label }) => [fromS, toS, label])).toEqual([
      [10, 40, '50 ✓'],
      [50, null, '100 …'],
    ]);
    expect(stepSpans(null)).toEqual([]);
    expect(steps.map(stepTime)).toEqual(['00:10 – 00:40', 'since 00:50']);
  });
});

describe('what a search found', () => {
  it('is told apart by who gave way', () => {
    expect(searchState(found(), true)).toBe('searching');
    expect(searchState(found(), false)).toBe('found');
    expect(searchState(found({ limited_by: 'generator' }), false)).toBe('machine');
    expect(searchState(found({ breaks_at: null, limited_by: null }), false)).toBe('held');
    expect(searchState(found({ holds: null }), false)).toBe('none');
    expect(searchState(found({ holds: null, breaks_at: null, limited_by: null }), false)).toBe('none');
  });

  it('is a sentence', () => {
    expect(searchSentence(found())).toBe('Holds 140 calls.');
    expect(searchSentence(found({ sentence: 'stopped.' }))).toBe('Stopped.');
  });
});
