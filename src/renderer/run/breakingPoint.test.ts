import { describe, expect, it } from 'vitest';
import type { BreakingPoint, HeldStep, ThresholdResult } from '#contract/run';
import {
  failedThresholds,
  heldWords,
  searchSentence,
  searchState,
  stepFigures,
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
    expect(searchSentence(found(), false)).toBe('Holds 140 users.');
  });
});

describe('the figures of the steps', () => {
  const clients: ThresholdResult = {
    ...{ metric: 'request', stat: 'p95', condition: 'below', target: 10, acceptable: 20, status: 'pass' },
    ...{ value: 8.25, where: { step: 'get clients' } },
  };
  const success: ThresholdResult = {
    ...{ metric: 'request_success', stat: 'rate', condition: 'above', target: 1, acceptable: 0.99 },
    ...{ value: 0.875, status: 'fail' },
  };
  const searched = found({
    steps: [step({ thresholds: [ttfa, clients] }), step({ thresholds: [clients, success] })],
  });
  const names = (workload: { voice: boolean; requests: boolean }) =>
    stepFigures(searched, workload).map(({ name }) => name);

  it('are what callers heard, and what the thresholds look at where requests are made', () => {
    expect(names({ voice: true, requests: false })).toEqual(['ttfa p95', 'Barge-in p95']);
    expect(names({ voice: false, requests: true })).toEqual([
      'ttfa p95',
      'request p95 · get clients',
      'success',
    ]);
    expect(names({ voice: true, requests: true })).toEqual([
      'ttfa p95',
      'Barge-in p95',
      'request p95 · get clients',
      'success',
    ]);
  });

  it('have the value of each step, and a dash where it has none', () => {
    const success = stepFigures(searched, { voice: false, requests: true })[2];
    expect(searched.steps.map((one) => success?.of(one).text)).toEqual(['–', '87.5 %']);
  });
});

it('speaks of users where nobody calls', () => {
  expect(heldWords('No number of calls was held.', false)).toBe('No number of users was held.');
  expect(heldWords('holds 1 call; at 20 calls, the calls failed', false)).toBe(
    'holds 1 user; at 20 users, the calls failed',
  );
  expect(heldWords('holds 20 calls', true)).toBe('holds 20 calls');
});
