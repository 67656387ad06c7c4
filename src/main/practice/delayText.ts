/** Delays as one line of text, for flags and files. */
import { fail, ok, type Result } from '#contract/errors';
import type { PracticeConfigInput } from '#contract/practice';
import { parseDuration } from '#contract/quantities';

export type DelayInput = NonNullable<PracticeConfigInput['delay']>;

/** The forms that `parseDelay` understands, for help texts. */
export const delayForms =
  '"fixed 600ms", "uniform 200ms 900ms", "lognormal 750ms 0.25 [max 3s]" or just "600ms"';

function wrong(text: string): Result<DelayInput> {
  return fail('invalid_input', 'delay', `${JSON.stringify(text)} is not a delay; write ${delayForms}`);
}

/** Parses one of `delayForms`. */
export function parseDelay(text: string): Result<DelayInput> {
  const words = text.trim().split(/\s+/);
  const durations = (...values: (string | undefined)[]): boolean =>
    values.every((value) => value !== undefined && (value === '0' || parseDuration(value) !== null));
  const zero = (value = ''): string => (value === '0' ? '0ms' : value);
  const [kind, first, second, ...rest] = words;
  if (words.length === 1 && durations(kind)) return ok({ kind: 'fixed', value: zero(kind) });
  if (kind === 'fixed' && words.length === 2 && durations(first)) return ok({ kind, value: zero(first) });
  if (kind === 'uniform' && words.length === 3 && durations(first, second)) {
    if ((parseDuration(zero(first)) ?? 0) > (parseDuration(zero(second)) ?? 0)) return wrong(text);
    return ok({ kind, min: zero(first), max: zero(second) });
  }
  if (kind === 'lognormal' && words.length >= 2 && durations(first)) {
    const sigma = second === undefined ? undefined : Number(second);
    const max = rest[0] === 'max' ? rest[1] : rest[0];
    const length = max === undefined ? 0 : rest[0] === 'max' ? 2 : 1;
    if (sigma !== undefined && !(sigma >= 0 && sigma <= 3)) return wrong(text);
    if (rest.length !== length || (max !== undefined && !durations(max))) return wrong(text);
    return ok({
      kind,
      median: zero(first),
      ...(sigma === undefined ? {} : { sigma }),
      ...(max === undefined ? {} : { max: zero(max) }),
    });
  }
  return wrong(text);
}
