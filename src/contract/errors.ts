import { z } from 'zod';

/** What sort of failure it is: decides the exit code on the command line and the tone on screen. */
export const errorKinds = [
  'invalid_input',
  'not_found',
  'refused',
  'unavailable',
  'conflict',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/**
 * The one error shape on every hop (worker, door, command line, screen).
 * `message` is for the operator and says what to do next; `code` is for programs; `detail` may hold a
 * longer text (file, line, stack) that a screen shows on request.
 */
export interface AppError {
  kind: ErrorKind;
  code: string;
  message: string;
  detail?: string | undefined;
  cause?: AppError | undefined;
}

export const AppErrorSchema: z.ZodType<AppError> = z.lazy(() =>
  z.object({
    kind: z.enum(errorKinds),
    code: z.string(),
    message: z.string(),
    detail: z.string().optional(),
    cause: AppErrorSchema.optional(),
  }),
);

/** Expected failures are values; throwing is for bugs. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: AppError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(
  kind: ErrorKind,
  code: string,
  message: string,
  more: { detail?: string; cause?: AppError } = {},
): Result<T> {
  return { ok: false, error: { kind, code, message, ...more } };
}

/** Turns anything that was thrown into the shape above; an `AppError` inside a `CrosstalkError` passes unchanged. */
export function toAppError(thrown: unknown, code = 'unexpected'): AppError {
  if (thrown instanceof CrosstalkError) return thrown.error;
  if (thrown instanceof Error) {
    return { kind: 'internal', code, message: thrown.message, detail: thrown.stack };
  }
  return { kind: 'internal', code, message: String(thrown) };
}

/** Carries an `AppError` through code that can only throw (constructors, promise chains). */
export class CrosstalkError extends Error {
  readonly error: AppError;
  constructor(error: AppError) {
    super(error.message);
    this.name = 'CrosstalkError';
    this.error = error;
  }
}
