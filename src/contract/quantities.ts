/**
 * Quantities as an operator writes them: durations (`20ms`, `1m30s`), levels (`-45dBFS`) and shares (`98%`).
 */
import { z } from 'zod';

const unitMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Parses `20ms`, `1.5s`, `1m30s`, `1h` into milliseconds; `null` when it is not a duration. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(trimmed)) return null;
  let total = 0;
  for (const part of trimmed.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    total += Number(part[1]) * (unitMs[part[2] ?? ''] ?? Number.NaN);
  }
  return Number.isFinite(total) ? total : null;
}

/** The shortest exact way to write a number of milliseconds as a duration: 90000 → `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000 || !Number.isInteger(ms)) return `${ms}ms`;
  let rest = ms;
  let out = '';
  for (const unit of ['h', 'm', 's', 'ms'] as const) {
    const size = unitMs[unit] ?? 1;
    const n = Math.floor(rest / size);
    if (n > 0) out += `${n}${unit}`;
    rest -= n * size;
  }
  return out;
}

/** Parses `-45dBFS` (0 is full scale of 16-bit PCM); `null` when it is not a level. */
export function parseLevel(text: string): number | null {
  const match = /^(-?\d+(?:\.\d+)?)\s*dBFS$/i.exec(text.trim());
  return match ? Number(match[1]) : null;
}

/** Parses `98%` into 0.98; `null` when it is not a percentage. */
export function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  return match ? Number(match[1]) / 100 : null;
}

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
        message: `${JSON.stringify(value)} is not a duration; write a number with its unit, like 20ms, 5s, 10m or 1h`,
      });
      return z.NEVER;
    }
    return ms;
  });

/** A duration that must be longer than nothing. */
export const PositiveDuration = Duration.refine((ms) => ms > 0, 'must be longer than 0');

/** A level in a file: `-45dBFS` in, dBFS out; from −100 to 0. */
export const Level = z.string({ error: 'a level is expected, like -45dBFS' }).transform((value, ctx) => {
  const level = parseLevel(value);
  if (level === null || level > 0 || level < -100) {
    ctx.addIssue({
      code: 'custom',
      message: `${JSON.stringify(value)} is not a level; write dBFS between -100 and 0, like -45dBFS`,
    });
    return z.NEVER;
  }
  return level;
});

/** A length of a run or a moment in it, from milliseconds: `02:14`, `1:02:14`. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
