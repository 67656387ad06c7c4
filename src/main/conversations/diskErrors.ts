import { fail, type Result } from '#contract/errors';
import { diskReason } from '../diskReason.ts';

/** What the disk refused, in a sentence: `what` is like `The conversation cannot be saved in /x`. Error: `disk_refused`. */
export function diskRefused(what: string, thrown: unknown): Result<never> {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return fail('unavailable', 'disk_refused', `${what}: ${diskReason(thrown)}.`, { detail });
}
