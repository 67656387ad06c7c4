/** The Markdown report of a run with all there is of it: the summary, and what only the records tell. */
import type { RunSummary } from '#contract/run';
import { comparisonMarkdown } from '../comparing/comparisonMarkdown.ts';
import { markdownReport } from './markdown.ts';
import type { ReportSource } from './source.ts';

export async function markdownOf(source: ReportSource, summary: RunSummary): Promise<string> {
  const compared = source.compared ?? null;
  const report = markdownReport(summary, {
    delta: compared === null ? source.detail.row.delta : null,
    breakdown: await source.breakdown('turn'),
    errors: await source.errors(),
    imported: source.detail.imported,
    commandLine: source.detail.origin.commandLine,
  });
  return compared === null ? report : `${report}\n${comparisonMarkdown(compared)}`;
}
