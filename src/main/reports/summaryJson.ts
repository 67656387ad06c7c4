import type { Comparison } from '#contract/comparison';
import type { RunSummary } from '#contract/run';
import { baselineReport } from '../comparing/baselineReport.ts';

/** The summary as `--summary` writes it; `baseline` beside it where the run was compared with one. */
export function summaryJson(summary: RunSummary, compared: Comparison | null = null): string {
  const baseline = compared === null ? {} : { baseline: baselineReport(compared) };
  return `${JSON.stringify({ ...summary, ...baseline }, null, 2)}\n`;
}
