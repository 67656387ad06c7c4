/** The Markdown report of a run with all there is of it: the summary, and what only the records tell. */
import type { RunSummary } from '#contract/run';
import { markdownReport } from './markdown.ts';
import type { ReportSource } from './source.ts';

export async function markdownOf(source: ReportSource, summary: RunSummary): Promise<string> {
  return markdownReport(summary, {
    delta: source.detail.row.delta,
    breakdown: await source.breakdown('turn'),
    errors: await source.errors(),
    commandLine: source.detail.origin.commandLine,
  });
}
