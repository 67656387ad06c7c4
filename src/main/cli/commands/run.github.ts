/** What a run tells GitHub Actions when it is made there. */
import type { BaselineDelta } from '#contract/run';
import { addStepSummary, githubAnnotations, inGitHubActions } from '../../reports/annotations.ts';
import { markdownOf } from '../../reports/markdownOf.ts';
import { summaryOf, type ReportSource } from '../../reports/source.ts';
import { sayError, type CliContext } from '../context.ts';

/** Annotations on stdout unless that is JSON, and the Markdown report in the summary of the job. Nothing elsewhere. */
export async function tellGitHub(
  end: ReportSource,
  options: { json?: boolean | undefined; delta: BaselineDelta | null },
  { env, terminal }: CliContext,
): Promise<void> {
  if (!inGitHubActions(env)) return;
  const summary = summaryOf(end, 'The summary of the job');
  if (options.json !== true) terminal.out(githubAnnotations(summary, options.delta));
  const added = addStepSummary(await markdownOf(end, summary), env);
  if (!added.ok) sayError(terminal, added.error);
}
