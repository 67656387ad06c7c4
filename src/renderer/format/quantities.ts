/** Numbers as the screens show them: a sensible precision with the unit; `exact…` gives the full value for a hover. */

import { formatElapsed as elapsed } from '#contract/quantities';

/** Shown where there is no value. */
export const none = '–';

/** Milliseconds: `0.42 ms`, `4.2 ms`, `612 ms`, `1.24 s`, `12.4 s`, `2 m 05 s`. */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return none;
  const size = Math.abs(ms);
  const sign = ms < 0 ? '−' : '';
  if (size === 0) return '0 ms';
  if (size < 0.995) return `${sign}${size.toFixed(2)} ms`;
  if (size < 9.95) return `${sign}${size.toFixed(1)} ms`;
  if (size < 999.5) return `${sign}${size.toFixed(0)} ms`;
  if (size < 9995) return `${sign}${(size / 1000).toFixed(2)} s`;
  if (size < 59_950) return `${sign}${(size / 1000).toFixed(1)} s`;
  return `${sign}${formatLength(size)}`;
}

/** Milliseconds in full: `1,240.382 ms`. */
export function exactMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return 'not measured';
  return `${ms.toLocaleString('en', { maximumFractionDigits: 3 })} ms`;
}

/** A share 0–1 as a percentage: `98.7 %`. Never rounds to 100 % or 0 % what is not. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return none;
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  for (const digits of [1, 2, 3]) {
    const text = percent.toFixed(digits);
    if (Number(text) !== 0 && Number(text) !== 100) return `${text} %`;
  }
  return percent > 50 ? '>99.999 %' : '<0.001 %';
}

/** A share in full. */
export function exactShare(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return 'not measured';
  return `${(share * 100).toLocaleString('en', { maximumFractionDigits: 6 })} %`;
}

const magnitudes = [
  { size: 1e12, suffix: 'T' },
  { size: 1e9, suffix: 'G' },
  { size: 1e6, suffix: 'M' },
  { size: 1e3, suffix: 'k' },
];

/** A count: `12`, `9,999`, `12.4 k`, `1.2 M`. */
export function formatCount(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return none;
  const size = Math.abs(count);
  if (size < 10_000) {
    return count.toLocaleString('en', { maximumFractionDigits: Number.isInteger(count) ? 0 : 2 });
  }
  const magnitude = magnitudes.find((m) => size >= m.size * 0.99995) ?? { size: 1e3, suffix: 'k' };
  return `${(count / magnitude.size).toFixed(1)} ${magnitude.suffix}`;
}

/** A count in full, with thousands separated. */
export function exactCount(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return 'not measured';
  return count.toLocaleString('en', { maximumFractionDigits: 6 });
}

/** Bytes: `512 B`, `12.4 kB`, `3.1 MB` (1 kB = 1000 B). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes.toFixed(0)} B`;
  const magnitude = magnitudes.find((m) => bytes >= m.size) ?? { size: 1e3, suffix: 'k' };
  return `${(bytes / magnitude.size).toFixed(1)} ${magnitude.suffix}B`;
}

/** Bytes in full: `12,384 bytes`. */
export function exactBytes(bytes: number): string {
  return `${exactCount(Math.round(bytes))} bytes`;
}

/** A length of time: `30 s`, `5 m`, `5 m 02 s`, `1 h 02 m`. Under ten seconds with a tenth. */
export function formatLength(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return none;
  if (ms < 9950) return `${Number((Math.max(0, ms) / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) {
    return seconds % 60 === 0 ? `${seconds / 60} m` : `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** A clock counting up: `02:14`, `1:02:14`. */
export function formatElapsed(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return none;
  return elapsed(seconds * 1000);
}

/** A moment within a run, to a tenth of a second: `00:41.3`. */
export function formatMoment(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return none;
  const tenths = Math.max(0, Math.floor(seconds * 10 + 1e-6));
  return `${formatElapsed(Math.floor(tenths / 10))}.${tenths % 10}`;
}
