/** How a series of an endpoint is called and in which unit it is drawn. */
import type { SeriesInfo } from '#contract/series';

export interface DrawnUnit {
  unit: SeriesInfo['unit'];
  /** What a value is multiplied with to be in it. */
  factor: number;
}

const plain: DrawnUnit = { unit: 'none', factor: 1 };

/** A name without what only says that it is counted. */
function stem(name: string): string {
  return name.replace(/_(total|sum)$/, '');
}

/**
 * The unit of a metric by the end of its name, as Prometheus' rules for names have it
 * (https://prometheus.io/docs/practices/naming/). `rate`: it is drawn per second.
 */
export function unitOf(name: string, rate: boolean): DrawnUnit {
  const of = stem(name);
  if (rate) {
    if (of.endsWith('_cpu_seconds') || of.endsWith('_cpu_usage_seconds')) return { unit: 'cores', factor: 1 };
    if (of.endsWith('_bytes')) return { unit: 'bytes/s', factor: 1 };
    // Seconds per second are a share of the time.
    return of.endsWith('_seconds') ? plain : { unit: '1/s', factor: 1 };
  }
  if (/_(bucket|count|created)$/.test(name) || /_(timestamp|time)_seconds$/.test(of)) return plain;
  if (of.endsWith('_bytes')) return { unit: 'bytes', factor: 1 };
  if (of.endsWith('_seconds')) return { unit: 'ms', factor: 1000 };
  if (/_(milliseconds|ms)$/.test(of)) return { unit: 'ms', factor: 1 };
  if (of.endsWith('_ratio')) return { unit: 'share', factor: 1 };
  return of.endsWith('_percent') ? { unit: 'share', factor: 0.01 } : plain;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** `{queue="tts"}`; empty for none. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return all.length === 0 ? '' : `{${all.join(',')}}`;
}
