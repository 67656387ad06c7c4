/** Whether an answer is right: its status, its checks, the values that are taken from it. */
import { grpcStatuses, type RequestOutcome } from '#contract/requests';
import { namesSecret } from '#contract/secrets';
import type { Answer } from './answer.ts';
import type { JourneyStep } from './journey.ts';
import { timedOut } from './retrying.ts';
import type { Scope } from './scope.ts';

export interface Verdict {
  outcome: RequestOutcome;
  /** A word to count by; null: nothing failed. */
  error: string | null;
  /** What failed, in a sentence; null: nothing. */
  message: string | null;
  /** By check, in order; empty: there was nothing to look at. */
  checks: boolean[];
}

const noChecks: boolean[] = [];
const right: Verdict = { outcome: 'ok', error: null, message: null, checks: noChecks };

/** Whether it came, with a status that is right by itself. */
export function arrived(step: JourneyStep, answer: Answer): boolean {
  const { status, failure } = answer;
  if (failure !== null || status === null) return false;
  if (step.checksStatus) return step.checks.every((check) => !check.ofStatus || check.passes(answer));
  return step.http === null ? status === 0 : status < 400;
}

function statusWord(step: JourneyStep, status: number): string {
  return step.http === null ? `grpc_${grpcStatuses[status] ?? status}` : `http_${status}`;
}

function wrongStatus(step: JourneyStep, status: number): string {
  const name = step.http === null ? (grpcStatuses[status] ?? String(status)) : String(status);
  const wanted = step.checks.find((check) => check.ofStatus);
  return wanted === undefined
    ? `The answer was ${name}.`
    : `The answer was ${name}, not as its check "${wanted.name}" wants it.`;
}

function failed(error: string, message: string, checks = noChecks): Verdict {
  return { outcome: 'failed', error, message, checks };
}

/** Looks at all of an answer. Values that are found are `scope`'s from now on. */
export function judge(step: JourneyStep, answer: Answer, scope: Scope): Verdict {
  const { failure, status } = answer;
  let verdict = right;
  if (failure !== null || status === null) {
    verdict = failed(failure?.kind ?? 'protocol', sentence(failure?.message ?? 'no answer came'));
    if (timedOut(answer)) verdict.outcome = 'timeout';
  } else if (step.checks.length > 0) verdict = judgeChecks(step, answer, status);
  else if (!arrived(step, answer)) verdict = failed(statusWord(step, status), wrongStatus(step, status));
  if (verdict.outcome === 'failed' && timedOut(answer)) verdict.outcome = 'timeout';
  if (step.extracts.length > 0) verdict = extract(step, answer, scope, verdict);
  return verdict;
}

function judgeChecks(step: JourneyStep, answer: Answer, status: number): Verdict {
  const checks = step.checks.map((check) => check.passes(answer));
  const refused = step.http === null ? status !== 0 : status >= 400;
  if (!arrived(step, answer))
    return failed(refused ? statusWord(step, status) : 'check', wrongStatus(step, status), checks);
  const wrong = step.checks[checks.indexOf(false)];
  if (wrong === undefined) return { outcome: 'ok', error: null, message: null, checks };
  const found = wrong.found(answer);
  const shown = found === null || namesSecret(wrong.subject) ? null : found;
  const there = found === null ? 'is not there' : shown === null ? 'is another' : `was ${shown}`;
  return failed('check', `The check "${wrong.name}" failed: ${wrong.subject} ${there}.`, checks);
}

/** Of an answer that is wrong already only what values are otherwise is taken. */
function extract(step: JourneyStep, answer: Answer, scope: Scope, before: Verdict): Verdict {
  let verdict = before;
  for (const wanted of step.extracts) {
    const found = before.outcome === 'ok' ? wanted.find(answer) : undefined;
    const value = found === undefined ? wanted.otherwise : found;
    scope.take(wanted.name, value, namesSecret(wanted.place));
    if (value === undefined && verdict.outcome === 'ok')
      verdict = failed(
        'extract',
        `\${${wanted.name}} was not found at ${wanted.place}${why(wanted, answer)}.`,
        before.checks,
      );
  }
  return verdict;
}

function why({ ofJson }: JourneyStep['extracts'][number], answer: Answer): string {
  return ofJson && answer.json() === undefined ? ': the answer is no JSON' : '';
}

function sentence(text: string): string {
  const [first = ''] = text;
  return `${first.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
