/** What is written of a run, without its secrets. */
import type { RunSummary } from '#contract/run';
import type { SeriesInfo } from '#contract/series';
import type { RunBatch } from '#engine/run';
import type { NewRun } from './database/messages.ts';
import { maskKept } from './maskedRequests.ts';
import { maskText, maskYaml } from './masking.ts';

export function maskRun(run: NewRun): NewRun {
  const { scenarioYaml, environmentYaml, applied } = run;
  return {
    ...run,
    scenarioYaml: maskYaml(scenarioYaml),
    environmentYaml: environmentYaml == null ? null : maskYaml(environmentYaml),
    applied: applied.map(maskText),
  };
}

/** Messages of errors may quote an address with its parameters. */
export function maskBatch(batch: RunBatch): RunBatch {
  const masked = <T extends { error: string | null }>(record: T): T =>
    record.error === null ? record : { ...record, error: maskText(record.error) };
  return {
    sample: batch.sample,
    turns: batch.turns.map(masked),
    calls: batch.calls.map(masked),
    errors: batch.errors.map((error) => ({ ...error, message: maskText(error.message) })),
    requests: batch.requests,
    kept: batch.kept.map(maskKept),
  };
}

export function maskSummary(summary: RunSummary): RunSummary {
  return { ...summary, applied: summary.applied.map(maskText) };
}

/** Labels of a metric and why it cannot be had may quote an address too. */
export function maskSeries<T extends SeriesInfo>(series: T): T {
  const { of, name, problem } = series;
  return {
    ...series,
    of: maskText(of),
    name: maskText(name),
    problem: problem == null ? null : maskText(problem),
  };
}
