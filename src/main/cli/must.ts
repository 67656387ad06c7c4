import { CrosstalkError, type Result } from '#contract/errors';

/** The value of a result; an expected failure ends the command with its own sentence. */
export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new CrosstalkError(result.error);
  return result.value;
}
