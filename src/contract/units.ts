/** Quantities as an operator writes them (`20ms`, `1m30s`, `-45dBFS`, `98%`), read and written. Without schemas: screens use it too. */

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

/** A length of a run or a moment in it, from milliseconds: `02:14`, `1:02:14`. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
