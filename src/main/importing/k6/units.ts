/** Quantities as k6 reads them. */
import { formatDuration } from '#contract/quantities';
import type { Value } from './values.ts';

const unitMs: Record<string, number> = {
  ns: 1e-6, us: 1e-3, 'µs': 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000,
}; // prettier-ignore

/** `1m30s`, `1d2h`, or a number of milliseconds → ms; null when it is neither. */
export function k6Ms(value: Value): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text.length > 60) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/.test(text)) return null;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g))
    ms += Number(number) * (unitMs[unit ?? ''] ?? NaN);
  return ms;
}

/** The same as a scenario writes it; null when it is none. */
export function k6Duration(value: Value): string | null {
  const ms = k6Ms(value);
  // A millionth of a millisecond is noise of the arithmetic.
  return ms === null ? null : formatDuration(Number(ms.toFixed(6)));
}

/** A number, also as text; null when it is none. */
export function k6Number(value: Value): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' && /^\d{1,12}(\.\d{1,12})?$/.test(value.trim()) ? Number(value) : null;
}
