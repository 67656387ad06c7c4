/** Differences between two runs as the screens show them: always with their sign. */
import type { MetricUnit } from '#contract/metrics';
import { exactPerSecond, formatPerSecond } from '../format/metrics.ts';
import { exactMs, formatMs, none } from '../format/quantities.ts';

function signed(value: number, size: string): string {
  return value === 0 ? size : `${value > 0 ? '+' : '−'}${size}`;
}

function points(share: number, digits: number): string {
  return `${(Math.abs(share) * 100).toLocaleString('en', { maximumFractionDigits: digits })} pp`;
}

/** `+212 ms`, `−1.4 pp` (percentage points), `+12.5/s`, `+3`; a dash where there is none. */
export function formatDifference(unit: MetricUnit, difference: number | null): string {
  if (difference === null) return none;
  const size = Math.abs(difference);
  if (unit === 'ms') return signed(difference, formatMs(size));
  if (unit === '1/s') return signed(difference, formatPerSecond(size));
  if (unit === 'share') return signed(difference, points(size, size < 0.001 ? 3 : 1));
  return signed(difference, size.toLocaleString('en', { maximumFractionDigits: 2 }));
}

/** The same in full. */
export function exactDifference(unit: MetricUnit, difference: number | null): string {
  if (difference === null) return 'not known';
  const size = Math.abs(difference);
  if (unit === 'ms') return signed(difference, exactMs(size));
  if (unit === '1/s') return signed(difference, exactPerSecond(size));
  if (unit === 'share') return signed(difference, points(size, 6));
  return signed(difference, size.toLocaleString('en', { maximumFractionDigits: 6 }));
}

/** A difference as a share of the baseline's value: `+18 %`, `−2.4 %`. */
export function formatChange(share: number | null): string {
  if (share === null) return '';
  const percent = Math.abs(share) * 100;
  const shown = Number(percent.toFixed(percent < 0.095 ? 2 : percent < 9.95 ? 1 : 0));
  return signed(shown === 0 ? 0 : share, `${shown.toLocaleString('en')} %`);
}
