import type { ErrorKind, Result } from '#contract/errors';

/** A failure of sound in this page, in the common shape. Built here because the contract's own function brings its schemas along. */
export function soundProblem(
  kind: ErrorKind,
  code: string,
  message: string,
  thrown?: unknown,
): Extract<Result<never>, { ok: false }> {
  const detail = thrown === undefined ? {} : { detail: textOf(thrown) };
  return { ok: false, error: { kind, code, message, ...detail } };
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
