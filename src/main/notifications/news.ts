/** What is told of a run that has ended: the same facts for the desktop and for every format of a webhook. */
import type { notifyWhen } from '#contract/api/notifications';
import type { BaselineDelta, RunSummary, ThresholdResult } from '#contract/run';
import { formatElapsed, formatMs, formatPerSecond, formatShare } from '../reports/quantities.ts';
import { thresholdSentence } from '../reports/threshold.ts';

export interface EndedRun {
  runId: string;
  name: string;
  summary: RunSummary;
  /** How it stands to its baseline; null: it was not compared. */
  delta: BaselineDelta | null;
}

export interface RunFigure {
  name: string;
  value: string;
}

/** In words, for people. */
export interface RunWords {
  title: string;
  /** One line. */
  body: string;
  verdict: string;
  figures: RunFigure[];
  /** Sentences: thresholds that were not met, why it is not trusted, the regression. */
  remarks: string[];
}

const verdictWords = { pass: 'passed', warn: 'passed with warnings', fail: 'failed' } as const;
const endingWords: Partial<Record<RunSummary['ended'], string>> = {
  stopped: 'stopped by hand',
  aborted: 'aborted',
  threshold: 'ended by a threshold',
  crashed: 'crashed',
};

/** Whether it is worse than its baseline, beyond noise. */
export function hasRegressed({ delta }: Pick<EndedRun, 'delta'>): boolean {
  return delta?.verdict === 'regressed';
}

/** Whether it is worth a look: it failed, is not trusted, or is worse than its baseline. */
function isProblem(run: EndedRun): boolean {
  return run.summary.verdict === 'fail' || !run.summary.trusted || hasRegressed(run);
}

/** Whether it is to be told, by what the operator wants to hear of. */
export function isTold(when: (typeof notifyWhen)[number], run: EndedRun): boolean {
  return when === 'always' || (when === 'problems' && isProblem(run));
}

/** Thresholds that did not reach what is acceptable. */
export function failedThresholds({ thresholds }: RunSummary): ThresholdResult[] {
  return thresholds.filter(({ status }) => status === 'fail');
}

/** The verdict with what changes what it is worth. */
function verdictOf(run: EndedRun): string {
  const { verdict, trusted, ended } = run.summary;
  const more = [
    hasRegressed(run) ? 'regressed' : null,
    trusted ? null : 'not to be trusted',
    endingWords[ended] ?? null,
  ].filter((word) => word !== null);
  return [verdictWords[verdict], ...more].join(', ');
}

function figuresOf({
  metrics,
  rates,
  counts,
  duration_s,
  requests_per_second: perSecond,
}: RunSummary): RunFigure[] {
  const errors = Object.values(counts.errors).reduce((sum, n) => sum + n, 0);
  const figures: (RunFigure | null)[] = [
    metrics.ttfa.p95 === null ? null : { name: 'ttfa p50', value: formatMs(metrics.ttfa.p50) },
    metrics.ttfa.p95 === null ? null : { name: 'ttfa p95', value: formatMs(metrics.ttfa.p95) },
    metrics.barge_in.p95 === null ? null : { name: 'barge-in p95', value: formatMs(metrics.barge_in.p95) },
    rates.turn_success === null ? null : { name: 'turns answered', value: formatShare(rates.turn_success) },
    rates.connection_success === null
      ? null
      : {
          name: 'calls connected',
          value: `${formatShare(rates.connection_success)} of ${counts.calls_attempted}`,
        },
    metrics.request.p95 === null ? null : { name: 'response p50', value: formatMs(metrics.request.p50) },
    metrics.request.p95 === null ? null : { name: 'response p95', value: formatMs(metrics.request.p95) },
    rates.request_success === null
      ? null
      : { name: 'requests ok', value: `${formatShare(rates.request_success)} of ${counts.requests}` },
    perSecond === null ? null : { name: 'requests a second', value: formatPerSecond(perSecond) },
    { name: 'errors', value: String(errors) },
    { name: 'duration', value: formatElapsed(duration_s * 1000) },
  ];
  return figures.filter((figure) => figure !== null);
}

function withStop(sentence: string): string {
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Everything that is said of a run. */
export function wordsOf(run: EndedRun): RunWords {
  const { summary, delta, name } = run;
  const verdict = verdictOf(run);
  const figures = figuresOf(summary);
  const regression = hasRegressed(run) ? [`Regressed: ${delta?.sentence ?? 'worse than its baseline'}`] : [];
  const remarks = [
    ...regression,
    ...failedThresholds(summary).map(thresholdSentence),
    ...summary.verdict_reasons,
    ...summary.untrusted_reasons,
  ].map(withStop);
  const short = figures
    .filter(({ name: figure }) => /p95|turns|errors/.test(figure))
    .map(({ name: figure, value }) => `${figure} ${value}`)
    .join(' · ');
  const title = hasRegressed(run)
    ? `Regressed: ${name} · ${summary.environment}`
    : `${name} · ${summary.environment}: ${verdict}`;
  return {
    title,
    body: [remarks[0] ?? null, short].filter((part) => part !== null).join(' '),
    verdict,
    figures,
    remarks,
  };
}
