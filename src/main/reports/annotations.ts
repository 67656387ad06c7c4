/** What a run has to say on the page of a GitHub Actions job: annotations on standard output, and the job's summary. */
import { appendFileSync, statSync } from 'node:fs';
import { fail, ok, type Result } from '#contract/errors';
import type { BaselineDelta, RunSummary } from '#contract/run';
import { thresholdName, thresholdSentence } from './threshold.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** GitHub shows at most so many of each level for a step; the rest is dropped without a word. */
const mostPerLevel = 10;
/** Most bytes of a step's summary. */
const summaryBytes = 1024 * 1024;

/** Whether the command runs within a job of GitHub Actions. */
export const inGitHubActions = (env: Env) => env.GITHUB_ACTIONS === 'true';

/** Text behind the `::` of a workflow command. */
export function annotationData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Text of a property of a workflow command, like its title. */
export function annotationProperty(text: string): string {
  return annotationData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

interface Annotation {
  level: 'error' | 'warning';
  title: string;
  message: string;
}

/** Lines for standard output: thresholds that failed or missed their target, other reasons, trust, regression; nothing for a run that is as it should be. */
export function githubAnnotations(summary: RunSummary, delta: BaselineDelta | null = null): string {
  const about = `${summary.scenario} · ${summary.environment}`;
  const found: Annotation[] = [
    ...summary.verdict_reasons.map((reason): Annotation => ({
      level: 'error',
      title: about,
      message: reason,
    })),
    ...summary.thresholds.flatMap((row): Annotation[] =>
      row.status === 'pass'
        ? []
        : [
            {
              level: row.status === 'fail' ? 'error' : 'warning',
              title: `${thresholdName(row)} ${row.status === 'fail' ? 'failed' : 'missed its target'}`,
              message: `${thresholdSentence(row)} (${about})`,
            },
          ],
    ),
  ];
  if (!summary.trusted) {
    const reasons = summary.untrusted_reasons.join('; ') || 'no reason was recorded';
    found.push({ level: 'error', title: 'The numbers cannot be trusted', message: `${reasons} (${about})` });
  }
  if (delta?.verdict === 'regressed')
    found.push({
      level: 'error',
      title: 'Slower than its baseline',
      message: `${delta.sentence ?? 'Regressed against the baseline.'} (${about}, baseline ${delta.baselineId})`,
    });
  return (['error', 'warning'] as const)
    .flatMap((level) => limited(found.filter((one) => one.level === level)))
    .map(
      ({ level, title, message }) =>
        `::${level} title=${annotationProperty(title)}::${annotationData(message)}\n`,
    )
    .join('');
}

/** The last one that is shown says how many more there are. */
function limited(found: readonly Annotation[]): Annotation[] {
  const last = found[mostPerLevel - 1];
  if (found.length <= mostPerLevel || last === undefined) return [...found];
  const more = found.slice(mostPerLevel - 1).map(({ title }) => title);
  const title = `${more.length} more`;
  return [...found.slice(0, mostPerLevel - 1), { ...last, title, message: more.join('; ') }];
}

/** Appends Markdown to the job's summary. Fails with a sentence when the file cannot be written or is full. */
export function addStepSummary(markdown: string, env: Env): Result<void> {
  const path = env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return ok(undefined);
  try {
    const there = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const piece = `${there > 0 ? '\n' : ''}${markdown}`;
    if (there + Buffer.byteLength(piece) > summaryBytes)
      return fail(
        'unavailable',
        'step_summary_full',
        'The result was not added to the summary of the job: GitHub takes at most 1 MiB from a step.',
      );
    appendFileSync(path, piece);
    return ok(undefined);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return fail(
      'unavailable',
      'step_summary',
      `The result was not added to the summary of the job (GITHUB_STEP_SUMMARY): ${why}.`,
    );
  }
}
