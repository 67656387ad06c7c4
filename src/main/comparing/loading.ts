/** What the history has of a run, for a comparison. */
import { ok, type Result } from '#contract/errors';
import type { LatencyMetric } from '#contract/metrics';
import { compareEvidence } from './compare.ts';
import type { Comparison } from '#contract/comparison';
import type { History } from '../history/history.ts';
import { distributionsOf, type RunEvidence } from './evidence.ts';
import { comparedLateness, comparedLatencies } from './metrics.ts';

/** What a comparison asks the history. */
export type ComparedHistory = Pick<History, 'get' | 'histograms' | 'values'>;

const comparedMetrics = new Set<LatencyMetric>(
  [...comparedLatencies, comparedLateness].map(({ metric }) => metric),
);

/** Single values, of a run that has no histograms: it goes on, or was cut off. */
async function valuesOf(
  history: ComparedHistory,
  runId: string,
): Promise<Result<Map<LatencyMetric, Float64Array>>> {
  const found = new Map<LatencyMetric, Float64Array>();
  for (const metric of comparedMetrics) {
    const values = await history.values(runId, metric);
    if (!values.ok) return values;
    found.set(metric, values.value);
  }
  return ok(found);
}

/** Everything a comparison needs of one run; fails when there is no such run. */
export async function loadEvidence(history: ComparedHistory, runId: string): Promise<Result<RunEvidence>> {
  const got = await history.get(runId);
  if (!got.ok) return got;
  const { row, summary, scenarioYaml, environmentYaml, imported, origin } = got.value;
  const histograms = await history.histograms(runId);
  if (!histograms.ok) return histograms;
  const empty = Object.keys(histograms.value).length === 0;
  const values = empty && imported === null ? await valuesOf(history, runId) : ok(new Map());
  if (!values.ok) return values;
  return ok({
    row,
    summary,
    scenarioYaml,
    environmentYaml,
    host: imported === null ? origin.host : null,
    missing: imported?.missing ?? [],
    histograms: histograms.value,
    distributions: distributionsOf({ summary, histograms: histograms.value, values: values.value }),
  });
}

/** Runs of the history side by side, the first the baseline; fails with the first that cannot be read. */
export async function compareRuns(
  history: ComparedHistory,
  [first, ...others]: readonly [string, ...string[]],
): Promise<Result<Comparison>> {
  const baseline = await loadEvidence(history, first);
  if (!baseline.ok) return baseline;
  const rest: RunEvidence[] = [];
  for (const id of others) {
    const run = await loadEvidence(history, id);
    if (!run.ok) return run;
    rest.push(run.value);
  }
  return ok(compareEvidence([baseline.value, ...rest]));
}
