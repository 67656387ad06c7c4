/** Values of the charts in their units. */
import type { ChartUnit } from '#contract/reportPage';
import { formatElapsed } from '#contract/units';

const short = (value: number) =>
  Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 });

function formatMs(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 10) return `${short(ms)} ms`;
  return ms < 999.5 ? `${ms.toFixed(0)} ms` : `${short(ms / 1000)} s`;
}

function formatBytes(bytes: number): string {
  const sizes: [number, string][] = [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ];
  const [size, name] = sizes.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${short(bytes / size)} ${name}`;
}

/** A value as axes and legends write it. */
export function formatValue(unit: ChartUnit, value: number): string {
  switch (unit) {
    case 'ms':
      return formatMs(value);
    case 'share':
      return `${short(value * 100)} %`;
    case 'rate':
      return `${short(value)} /s`;
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'count':
    case 'cores':
    case 'none':
      return short(value);
  }
}

/** `02:14` from seconds. */
export const formatSeconds = (seconds: number) => formatElapsed(seconds * 1000);
