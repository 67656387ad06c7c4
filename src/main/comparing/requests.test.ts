import { expect, it } from 'vitest';
import { emptyCounts } from '#engine/measure/counts';
import { compareEvidence } from './compare.ts';
import { comparePeriods } from './periods.ts';
import { anEvidence, measured, someAnswers, type TestRun } from './testing.ts';

/** A run of http users only: no call, no turn. */
function httpRun(
  id: string,
  medianMs: number,
  { failed = 0, tokens = 40 }: { failed?: number; tokens?: number } = {},
) {
  const requests = 2000;
  const run: TestRun = {
    id,
    values: {
      request: someAnswers(id.length, requests, medianMs),
      tokens_per_second: someAnswers(3, 500, tokens),
    },
    summary: {
      counts: { ...emptyCounts(), requests, requests_failed: failed },
      rates: {
        connection_success: null,
        turn_success: null,
        error_rate: failed / requests,
        barge_in_success: null,
        request_success: 1 - failed / requests,
        check_success: null,
      },
      requests_per_second: 33.4,
    },
  };
  return anEvidence(run);
}

const standing = (from: ReturnType<typeof httpRun>, to: ReturnType<typeof httpRun>) =>
  compareEvidence([from, to]).runs[1];

it('a run without voice is judged by its requests', () => {
  expect(standing(httpRun('a', 100), httpRun('b', 100))?.verdict).toBe('no_difference');
  const slower = standing(httpRun('a', 100), httpRun('b', 140));
  expect(slower?.verdict).toBe('regressed');
  expect(slower?.sentence).toMatch(
    /^request p95 \+\d+ ms \(\+\d+ %\), more than noise \(95 %: .*2,000 and 2,000 requests\)/,
  );
});

it('a few milliseconds of an answer out of a cache matter', () => {
  expect(standing(httpRun('a', 4), httpRun('b', 8))?.verdict).toBe('regressed');
});

it('requests that fail are a regression however fast they are', () => {
  const worse = standing(httpRun('a', 100), httpRun('b', 100, { failed: 100 }));
  expect(worse?.verdict).toBe('regressed');
  expect(worse?.sentence).toContain('request_success −5 pp');
});

it('fewer tokens a second are worse, requests a second are shown and never judged', () => {
  const { rows } = compareEvidence([httpRun('a', 100), httpRun('b', 100, { tokens: 20 })]);
  expect(rows.find(({ metric }) => metric === 'tokens_per_second')).toMatchObject({
    kind: 'speed',
    condition: 'above',
    cells: [{}, { verdict: 'regressed' }],
  });
  expect(rows.find(({ metric }) => metric === 'requests_per_second')?.cells[1]).toMatchObject({
    value: 33.4,
    verdict: null,
  });
});

it('has no rows of calls and turns for a run without any', () => {
  const { rows } = compareEvidence([httpRun('a', 100), httpRun('b', 100)]);
  expect(
    rows.map(({ metric }) => metric).filter((metric) => /^(calls|turns)_|turn_success|ttfa/.test(metric)),
  ).toEqual([]);
});

it('puts periods of one run side by side, the first the baseline', () => {
  const run = httpRun('a', 100);
  const of = (medianMs: number) =>
    measured({ id: 'x', values: { request: someAnswers(1, 1000, medianMs) } }).histograms.request ?? '';
  const histograms = { ...run.histograms, 'request|period=cold': of(750), 'request|period=warm': of(4) };
  const compared = comparePeriods({ ...run, histograms });
  expect(compared.runs.map(({ row, verdict }) => [row.name, verdict])).toEqual([
    ['cold', null],
    ['warm', 'improved'],
  ]);
  expect(compared.runs[1]?.sentence).toContain('1,000 and 1,000 requests');
  const split = { ...histograms, 'first_byte|period=cold': of(700), 'first_byte|period=warm': of(3) };
  const { rows } = comparePeriods({ ...run, histograms: split }, ['warm', 'cold']);
  expect(rows.find(({ metric }) => metric === 'first_byte')?.cells[1]).toMatchObject({
    count: 1000,
    verdict: 'regressed',
  });
  expect(comparePeriods(run).runs).toEqual([]);
});

it('has periods in the order of the scenario, not of their names', () => {
  const run = httpRun('a', 100);
  const [answers = ''] = Object.values(run.histograms);
  const histograms = { 'request|period=after the TTL': answers, 'request|period=cold': answers };
  const scenarioYaml = 'periods: [{ name: cold }, { name: warm }, { name: after the TTL }]';
  const { runs } = comparePeriods({ ...run, scenarioYaml, histograms });
  expect(runs.map(({ row }) => row.name)).toEqual(['cold', 'after the TTL']);
});
