/** Periods of one run side by side: a cache that is cold and the same warm. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { Comparison } from '#contract/comparison';
import { latencyMetrics, type LatencyMetric } from '#contract/metrics';
import { compareEvidence } from './compare.ts';
import { fromHistogram, type ValueDistribution } from './distribution.ts';
import type { RunEvidence } from './evidence.ts';

const between = '|period=';
const prefix = `request${between}`;

function distributionsOf(run: RunEvidence, period: string): Map<LatencyMetric, ValueDistribution> {
  const found = new Map<LatencyMetric, ValueDistribution>();
  for (const metric of latencyMetrics) {
    const encoded = run.histograms[`${metric}${between}${period}`];
    const one = encoded === undefined ? null : fromHistogram(encoded, undefined);
    if (one !== null) found.set(metric, one);
  }
  return found;
}

const Written = z.looseObject({ periods: z.array(z.looseObject({ name: z.string() })) });

/** Names of periods as the scenario has them in order. */
function writtenOrder({ scenarioYaml }: RunEvidence): string[] {
  const found = Written.safeParse(scenarioYaml === null ? null : parse(scenarioYaml));
  return found.success ? found.data.periods.map(({ name }) => name) : [];
}

/** Those with requests in them: as they are written, then what is not written any more. */
function namesOf(run: RunEvidence): string[] {
  const all = Object.keys(run.histograms)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  const written = writtenOrder(run).filter((name) => all.includes(name));
  return [...written, ...all.filter((name) => !written.includes(name))];
}

/** What is known of the requests of each period; `names`: only of these, in this order. */
function evidenceOf(run: RunEvidence, names: readonly string[] | undefined): RunEvidence[] {
  return (names ?? namesOf(run)).flatMap((name): RunEvidence[] => {
    const distributions = distributionsOf(run, name);
    if (!distributions.has('request')) return [];
    const row = { ...run.row, id: `${run.row.id} ${name}`, name };
    return [{ ...run, row, summary: null, histograms: {}, distributions }];
  });
}

/** The periods in which requests were made, in order. */
export function periodsWithRequests(run: RunEvidence): string[] {
  return evidenceOf(run, undefined).map(({ row }) => row.name);
}

/** The first period is the baseline; empty where there are fewer than two with requests in them. */
export function comparePeriods(run: RunEvidence, names?: readonly string[]): Comparison {
  const [first, ...others] = evidenceOf(run, names);
  return first === undefined || others.length === 0
    ? { runs: [], rows: [] }
    : compareEvidence([first, ...others]);
}
