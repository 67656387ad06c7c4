import type { AppError } from '#contract/errors';

/** A bug in the interface as an error of the common shape. */
export function toScreenError(thrown: unknown): AppError {
  return {
    kind: 'internal',
    code: 'screen',
    message:
      'This part of the screen failed. Try again; if it fails again, copy the details into a bug report.',
    detail: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  };
}
