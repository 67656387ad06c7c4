/** Runs to compare, as a test wants them. */
import { latencyMetrics, type LatencyMetric } from '#contract/metrics';
import type { RunRow, RunSummary } from '#contract/run';
import { LatencyHistogram } from '#engine/measure/histogram';
import { emptyCounts } from '#engine/measure/counts';
import { withoutRequests } from '#contract/withoutRequests';
import { aSummary } from '../history/testing.ts';
import { Chance } from './chance.ts';
import { distributionsOf, type RunEvidence } from './evidence.ts';

/** Answers around a median, a few much longer: always the same ones for a seed. */
export function someAnswers(seed: number, count: number, medianMs = 600): number[] {
  const chance = new Chance(seed, count);
  return Array.from({ length: count }, () => medianMs * Math.exp(0.25 * chance.normal()));
}

export function aRow(id: string, more: Partial<RunRow> = {}): RunRow {
  return {
    id,
    name: `Run ${id}`,
    scenario: 'Insurance inquiry',
    environment: 'staging',
    state: 'finished',
    startedAt: '2026-11-21T08:30:12.000Z',
    durationMs: 60_000,
    plannedMs: 60_000,
    peakCalls: 20,
    verdict: 'pass',
    trusted: true,
    ended: 'completed',
    ttfaP50: null,
    ttfaP95: null,
    bargeInP95: null,
    turnSuccess: null,
    ...withoutRequests.row,
    errors: 0,
    tags: [],
    ttfaTrend: [],
    starred: false,
    noted: false,
    source: 'crosstalk',
    isBaseline: false,
    delta: null,
    ...more,
  };
}

export interface TestRun {
  id: string;
  values?: Partial<Record<LatencyMetric, number[]>>;
  row?: Partial<RunRow>;
  summary?: Partial<RunSummary>;
  evidence?: Partial<RunEvidence>;
}

/** The histograms and the summary a run of these values leaves behind. */
export function measured({ id, values = {}, summary = {} }: TestRun): {
  summary: RunSummary;
  histograms: Record<string, string>;
} {
  const blank = aSummary(id);
  const metrics = { ...blank.metrics, ttfa: new LatencyHistogram().summary() };
  const histograms: Record<string, string> = {};
  for (const metric of latencyMetrics) {
    const of = values[metric];
    if (of === undefined) continue;
    const histogram = new LatencyHistogram();
    for (const ms of of) histogram.record(ms);
    metrics[metric] = histogram.summary();
    histograms[metric] = histogram.encode();
  }
  const turns = values.ttfa?.length ?? 0;
  return {
    histograms,
    summary: {
      ...blank,
      environment: 'staging',
      counts: { ...emptyCounts(), calls_attempted: 30, calls_connected: 30, turns_ok: turns },
      rates: {
        connection_success: 1,
        turn_success: turns === 0 ? null : 1,
        error_rate: 0,
        barge_in_success: null,
        ...withoutRequests.rates,
      },
      metrics,
      thresholds: [],
      ...summary,
    },
  };
}

export function anEvidence(run: TestRun): RunEvidence {
  const { summary, histograms } = measured(run);
  return {
    row: aRow(run.id, run.row),
    summary,
    scenarioYaml: 'version: 1\nname: Insurance inquiry\n',
    environmentYaml: null,
    host: 'here',
    missing: [],
    histograms,
    distributions: distributionsOf({ summary, histograms, values: new Map() }),
    ...run.evidence,
  };
}
