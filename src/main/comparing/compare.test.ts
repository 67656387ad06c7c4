import { describe, expect, it } from 'vitest';
import { Comparison, type ComparedCell } from '#contract/comparison';
import type { RequestSummary } from '#contract/run';
import { emptyCounts } from '#engine/measure/counts';
import { LatencyHistogram } from '#engine/measure/histogram';
import { withoutRequests } from '#contract/withoutRequests';
import { compareEvidence } from './compare.ts';
import { formatDifference } from './differenceText.ts';
import type { RunEvidence } from './evidence.ts';
import { anEvidence, measured, someAnswers, type TestRun } from './testing.ts';

const base = (count = 400): RunEvidence => anEvidence({ id: 'A', values: { ttfa: someAnswers(1, count) } });

function against(run: Omit<TestRun, 'id'>, baseline = base()) {
  const comparison = compareEvidence([baseline, anEvidence({ id: 'B', ...run })]);
  const compared = comparison.runs[1];
  if (compared === undefined) throw new Error('Two are compared');
  const cell = (metric: string, stat = 'p95'): ComparedCell | undefined =>
    comparison.rows.find((row) => row.metric === metric && row.stat === stat)?.cells[1];
  return { comparison, ...compared, cell };
}

describe('a run beside its baseline', () => {
  it('that answers later has regressed, and the sentence says by how much and on what grounds', () => {
    const { verdict, sentence, cell, comparison } = against({
      values: { ttfa: someAnswers(2, 380).map((ms) => ms * 1.4) },
    });
    expect(verdict).toBe('regressed');
    expect(sentence).toMatch(
      /^ttfa p95 \+\d+ ms \(\+\d+ %\), more than noise \(95 %: \+\d+ … \+\d+ ms, 400 and 380 turns\)$/,
    );
    expect(cell('ttfa')).toMatchObject({ verdict: 'regressed', count: 380 });
    expect(Comparison.parse(comparison)).toEqual(comparison);
  });

  it('of a difference that would be written as 0 writes 0, without a sign', () => {
    expect(formatDifference('latency', -0.0004)).toBe('±0 ms');
    expect(formatDifference('latency', -0.19)).toBe('−0.19 ms');
  });

  it('that answers sooner has improved', () => {
    const { verdict, sentence } = against({ values: { ttfa: someAnswers(2, 380, 420) } });
    expect(verdict).toBe('improved');
    expect(sentence).toMatch(/^ttfa p95 −\d+ ms \(−\d+ %\), more than noise/);
  });

  it('with the very same values shows no difference', () => {
    const { verdict, cell } = against({ values: { ttfa: someAnswers(1, 400) } });
    expect(verdict).toBe('no_difference');
    expect(cell('ttfa')).toMatchObject({ difference: 0, share: 0 });
  });

  it('shows none in about 95 of 100 pairs that were made alike', () => {
    const verdicts = Array.from({ length: 120 }, (_, i) => {
      const baseline = anEvidence({ id: 'A', values: { ttfa: someAnswers(1000 + i, 150) } });
      return against({ values: { ttfa: someAnswers(5000 + i, 150) } }, baseline).verdict;
    });
    const none = verdicts.filter((verdict) => verdict === 'no_difference').length;
    expect(none).toBeGreaterThanOrEqual(0.9 * verdicts.length);
  });

  it('by less than what matters is the same, however sure the difference is', () => {
    const shifted = someAnswers(1, 4000, 600).map((ms) => ms + 20);
    const baseline = anEvidence({ id: 'A', values: { ttfa: someAnswers(1, 4000).map(() => 1000) } });
    const slower = against({ values: { ttfa: shifted.map(() => 1020) } }, baseline);
    expect(slower.cell('ttfa')?.interval?.map(Math.round)).toEqual([20, 20]);
    expect(slower.verdict).toBe('no_difference');
    expect(slower.sentence).toContain('more than noise, but too little to matter');
  });

  it('of few turns is unclear, and says how many there are', () => {
    const { verdict, sentence } = against({ values: { ttfa: someAnswers(2, 12, 1200) } });
    expect(verdict).toBe('unclear');
    expect(sentence).toContain('400 and 12 turns are too few to say anything (at least 20 in each)');
  });

  it('without the metric is unclear', () => {
    const { verdict, sentence } = against({ values: {} });
    expect(verdict).toBe('unclear');
    expect(sentence).toBe('the run has no ttfa p95');
  });

  it('is unclear when either is not trusted, whatever the figures', () => {
    const untrusted = { row: { trusted: false }, summary: { untrusted_reasons: ['frames were late'] } };
    const worse = someAnswers(2, 380, 1500);
    const run = against({ values: { ttfa: worse }, ...untrusted });
    expect(run.verdict).toBe('unclear');
    expect(run.sentence).toMatch(/^Nothing can be said: this run is not trusted; ttfa p95 \+/);
    expect(run.remarks).toEqual(['It is not trusted: frames were late.']);
    expect(run.cell('ttfa')?.verdict).toBe('unclear');
    const baseline = anEvidence({ id: 'A', values: { ttfa: someAnswers(1, 400) }, ...untrusted });
    expect(against({ values: { ttfa: worse } }, baseline).sentence).toContain('the baseline is not trusted');
  });

  it('regresses by turns that fail, although those that succeed are as fast', () => {
    const counts = { ...emptyCounts(), calls_attempted: 30, turns_ok: 340, turns_failed: 60 };
    const rates = {
      connection_success: 1,
      turn_success: 0.85,
      error_rate: 0.1,
      barge_in_success: null,
      ...withoutRequests.rates,
    };
    const { verdict, sentence } = against({
      values: { ttfa: someAnswers(1, 400) },
      summary: { counts, rates },
    });
    expect(verdict).toBe('regressed');
    expect(sentence).toMatch(
      /^turn_success −15 pp, more than noise \(95 %: −\S+ … −\S+ pp, 400 and 400 turns\)$/,
    );
  });

  it('shows what is far out only where enough values lie beyond it', () => {
    const { cell } = against({ values: { ttfa: someAnswers(2, 60) } });
    expect(cell('ttfa', 'p95')?.interval).not.toBeNull();
    expect(cell('ttfa', 'p99')).toMatchObject({ interval: null, verdict: 'unclear' });
  });

  it('counts errors without judging them', () => {
    const counts = { ...emptyCounts(), errors: { refused: 4, dns: 1 } };
    expect(against({ summary: { counts } }).cell('errors', 'count')).toEqual({
      value: 5,
      count: 5,
      difference: 5,
      share: null,
      interval: null,
      verdict: null,
    });
  });
});

describe('what should be known of a run', () => {
  it('is that it differs in what it did', () => {
    const { remarks } = against({
      values: { ttfa: someAnswers(2, 60) },
      row: { peakCalls: 50, durationMs: 300_000, environment: 'production' },
      summary: { seed: 8 },
      evidence: { host: 'there' },
    });
    expect(remarks).toEqual([
      "Another environment: production, the baseline's staging.",
      "Another load (most calls at once): 50, the baseline's 20.",
      "Another duration: 300 s, the baseline's 60 s.",
      "Another seed: 8, the baseline's 7.",
      "Ran on another machine: there, the baseline's here.",
    ]);
  });

  it('is the change of its scenario', () => {
    const { scenarioDiff, environmentDiff } = against({
      evidence: { scenarioYaml: 'version: 1\nname: Insurance inquiry\nload: { users: 5 }\n' },
    });
    expect(scenarioDiff.at(-1)).toEqual({ kind: 'added', text: 'load: { users: 5 }' });
    expect(environmentDiff).toEqual([]);
  });
});

describe('runs of another tool', () => {
  function request(name: string, ms: number[], failures = 0): RequestSummary {
    const histogram = new LatencyHistogram();
    for (const value of ms) histogram.record(value);
    return {
      type: 'GET',
      name,
      count: ms.length,
      failures,
      latency: histogram.summary(),
      coarse: true,
    };
  }
  function locust(id: string, requests: RequestSummary[]): RunEvidence {
    const { summary } = measured({ id, summary: { requests } });
    const missing = ["Locust's files do not contain single turns."];
    return anEvidence({ id, row: { source: 'locust', trusted: null }, summary, evidence: { missing } });
  }

  it('whose files do not say how many values a percentile rests on show it, and nothing is said of it', () => {
    const latency = { ...request('ttfa', [700]).latency, count: 0 };
    const { summary } = measured({ id: 'B' });
    const k6 = anEvidence({
      id: 'B',
      row: { source: 'k6' },
      summary: { ...summary, metrics: { ...summary.metrics, ttfa: latency } },
    });
    const cell = compareEvidence([base(), k6]).rows.find(
      ({ metric, stat }) => metric === 'ttfa' && stat === 'p95',
    )?.cells[1];
    expect(cell).toMatchObject({ value: latency.p95, count: 0, verdict: 'unclear' });
  });

  it('of a pack are compared by the metrics alone: a request that is one of them has no row of its own', () => {
    const pack = (id: string, seed: number) => {
      const latency = request('ttfa', someAnswers(seed, 400)).latency;
      const { summary } = measured({ id, values: { ttfa: someAnswers(seed, 400) } });
      const requests = ['ttfa', 'turn_success', 'greeting'].map((name) => ({
        ...request(name, [5]),
        type: 'voice',
        ...(name === 'ttfa' ? { count: latency.count, latency } : {}),
      }));
      return anEvidence({ id, row: { source: 'locust' }, summary: { ...summary, requests } });
    };
    const { rows } = compareEvidence([pack('A', 1), pack('B', 2)]);
    const named = rows.filter(({ metric }) => metric.startsWith('request')).map(({ label }) => label);
    expect(named.filter((label) => label.endsWith(' p95'))).toEqual(['voice greeting p95']);
  });

  it('are compared by their requests, and say what they lack', () => {
    const comparison = compareEvidence([
      locust('A', [request('/start', someAnswers(1, 400))]),
      locust('B', [request('/start', someAnswers(2, 400, 900)), request('/new', [5])]),
    ]);
    const [, run] = comparison.runs;
    expect(run?.verdict).toBe('regressed');
    expect(run?.sentence).toMatch(
      /^GET \/start p95 \+\d+ ms \(\+\d+ %\), more than noise .* 400 and 400 requests/,
    );
    expect(run?.remarks).toEqual([
      'Imported from Locust.',
      "Locust's files do not contain single turns.",
      'Only some percentiles of it are known: its intervals are approximate.',
      'Percentiles of its requests are rounded to two digits.',
    ]);
    const fresh = comparison.rows.find((row) => row.label === 'GET /new p95');
    expect(fresh?.cells.map((cell) => cell.verdict)).toEqual([null, 'unclear']);
  });
});

it('curves have few points and rise', () => {
  const { ttfa } = compareEvidence([base(2000)]).runs[0]?.curves ?? {};
  if (ttfa === undefined) throw new Error('It has turns');
  expect(ttfa.length).toBeLessThanOrEqual(101);
  expect(ttfa.at(0)?.percentile).toBe(0);
  expect(ttfa.at(-1)?.percentile).toBe(100);
  expect(ttfa.map((point) => point.value)).toEqual(
    ttfa.map((point) => point.value).toSorted((a, b) => a - b),
  );
});
