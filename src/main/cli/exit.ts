/** The exit codes promised to whoever runs this in a pipeline, and how failures map onto them. */
import { CrosstalkError, type AppError } from '#contract/errors';
import type { RunSummary } from '#contract/run';

export const exitCodes = {
  passed: 0,
  unexpected: 1,
  usage: 2,
  refused: 3,
  untrusted: 98,
  failed: 99,
  aborted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * By the verdict: a missed threshold, or a regression against the baseline, outweighs numbers that cannot be trusted; an
 * abort outweighs both.
 */
export function exitCodeOfRun(
  summary: Pick<RunSummary, 'ended' | 'verdict' | 'trusted'>,
  regressed = false,
): ExitCode {
  if (summary.ended === 'aborted') return exitCodes.aborted;
  if (summary.ended === 'crashed') return exitCodes.unexpected;
  if (summary.verdict === 'fail' || regressed) return exitCodes.failed;
  return summary.trusted ? exitCodes.passed : exitCodes.untrusted;
}

/** By the kind of failure: what was asked for is wrong, or it was refused, or anything else. */
export function exitCodeOfError(error: AppError): ExitCode {
  if (error.kind === 'invalid_input' || error.kind === 'not_found') return exitCodes.usage;
  return error.kind === 'refused' ? exitCodes.refused : exitCodes.unexpected;
}

/** Ends the command with exit code 2 and one sentence. */
export function usage(message: string): CrosstalkError {
  return new CrosstalkError({ kind: 'invalid_input', code: 'usage', message });
}
