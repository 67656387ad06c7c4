import type { ComparedRow } from '#contract/comparison';
import { formatCount, formatMs, formatShare } from '../reports/quantities.ts';

/** A value by what it is; a dash where there is none. */
export function formatValue(kind: ComparedRow['kind'], value: number | null): string {
  if (value === null) return '–';
  if (kind === 'latency') return formatMs(value);
  if (kind === 'speed') return `${Number(value.toPrecision(3)).toLocaleString('en')} /s`;
  return kind === 'rate' ? formatShare(value) : formatCount(value);
}
