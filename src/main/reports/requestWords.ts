/** What is said of the requests of a run, in reports and in the terminal. */
import type { RunSummary } from '#contract/run';
import { formatCount, formatPerSecond, formatShare } from './quantities.ts';

/** Whether it placed calls, or meant to; false of runs whose users only make requests. */
export function hasVoice({ counts, steps }: RunSummary): boolean {
  return steps === undefined || counts.calls_attempted > 0 || counts.turns_ok + counts.turns_failed > 0;
}

/** Whether it has users that make requests. */
export function hasRequests({ steps }: RunSummary): boolean {
  return steps !== undefined;
}

/** `12.4 k, 99.8 % ok, 24 failed, 3 timed out, 41.1/s`. */
export function requestsText({ counts, rates, requests_per_second: perSecond }: RunSummary): string {
  const more = [
    counts.requests_timed_out > 0 ? `${formatCount(counts.requests_timed_out)} timed out` : '',
    counts.requests_cut > 0 ? `${formatCount(counts.requests_cut)} cut by the end of the run` : '',
    counts.requests_excluded > 0 ? `${formatCount(counts.requests_excluded)} excluded` : '',
    counts.retries > 0 ? `${formatCount(counts.retries)} retried` : '',
    perSecond === null ? '' : formatPerSecond(perSecond),
  ].filter((text) => text !== '');
  const ok = `${formatShare(rates.request_success)} ok`;
  return [formatCount(counts.requests), ok, `${formatCount(counts.requests_failed)} failed`, ...more].join(
    ', ',
  );
}

/** `1,204 passed, 12 failed (99.0 %)`. */
export function checksText({ counts, rates }: RunSummary): string {
  return `${formatCount(counts.checks_passed)} passed, ${formatCount(counts.checks_failed)} failed (${formatShare(rates.check_success)})`;
}

/** `402, 3 of them failed`. */
export function iterationsText({ counts }: RunSummary): string {
  const failed = counts.iterations_failed;
  return `${formatCount(counts.iterations)}${failed === 0 ? '' : `, ${formatCount(failed)} of them failed`}`;
}

/** Each status with how often it came: `200 ×1204, 503 ×12`. */
export function statusesText(statuses: Readonly<Record<string, number>>): string {
  return Object.entries(statuses)
    .map(([status, n]) => `${status} ×${n}`)
    .join(', ');
}
