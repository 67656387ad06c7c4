/**
 * Quantities as an operator writes them: durations (`20ms`, `1m30s`), levels (`-45dBFS`) and shares (`98%`).
 */
import { z } from 'zod';
import { quoted } from './secrets.ts';
import { parseDuration, parseLevel } from './units.ts';

export { formatDuration, formatElapsed, parseDuration, parseLevel, parseShare } from './units.ts';

/** Which schemas are quantities that are written as text, for a JSON Schema that says how. */
export const quantities = z.registry<{ kind: 'duration' | 'level' }>();

/** A duration in a file: text with a unit in, milliseconds out. A bare number is refused because its unit would be a guess. */
export const Duration = z
  .union([z.string(), z.number()], {
    error: 'a duration with its unit is expected, like 20ms, 5s, 10m or 1h',
  })
  .transform((value, ctx) => {
    const ms = typeof value === 'number' ? (value === 0 ? 0 : null) : parseDuration(value);
    if (ms === null) {
      ctx.addIssue({
        code: 'custom',
        message: `${typeof value === 'string' ? quoted(value) : value} is not a duration; write a number with its unit, like 20ms, 5s, 10m or 1h`,
      });
      return z.NEVER;
    }
    return ms;
  })
  .register(quantities, { kind: 'duration' });

/** A duration that must be longer than nothing. */
export const PositiveDuration = Duration.refine((ms) => ms > 0, 'must be longer than 0');

/** A level in a file: `-45dBFS` in, dBFS out; from −100 to 0. */
export const Level = z
  .string({ error: 'a level is expected, like -45dBFS' })
  .transform((value, ctx) => {
    const level = parseLevel(value);
    if (level === null || level > 0 || level < -100) {
      ctx.addIssue({
        code: 'custom',
        message: `${quoted(value)} is not a level; write dBFS between -100 and 0, like -45dBFS`,
      });
      return z.NEVER;
    }
    return level;
  })
  .register(quantities, { kind: 'level' });
