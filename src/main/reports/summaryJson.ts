import type { RunSummary } from '#contract/run';

/** The summary as `--summary` writes it. */
export function summaryJson(summary: RunSummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
