/** Differences in words: always with their sign, and with what they rest on. */
import type { ComparedCell, ComparedRow } from '#contract/comparison';
import { callMetrics, iterationMetrics, requestMetrics } from '#contract/metrics';
import { formatMs } from '../reports/quantities.ts';
import { shortName } from './metrics.ts';

type Kind = ComparedRow['kind'];

const sign = (value: number): string => (value > 0 ? '+' : value < 0 ? '−' : '±');

/** `+212 ms`, `−1.4 pp` (percentage points), `+3`; a dash where there is none. */
export function formatDifference(kind: Kind, difference: number | null): string {
  if (difference === null) return '–';
  const size = Math.abs(difference);
  if (size === 0)
    return kind === 'latency' ? '±0 ms' : kind === 'rate' ? '±0 pp' : kind === 'speed' ? '±0 /s' : '±0';
  if (kind === 'latency') return size < 0.005 ? '±0 ms' : sign(difference) + formatMs(size);
  if (kind === 'rate') return `${sign(difference)}${Number((size * 100).toFixed(size < 0.001 ? 3 : 1))} pp`;
  if (kind === 'speed') return `${sign(difference)}${Number(size.toPrecision(3)).toLocaleString('en')} /s`;
  return sign(difference) + size.toLocaleString('en', { maximumFractionDigits: 2 });
}

/** A difference as a share of the baseline's value: `+18 %`. Empty where it has none. */
export function formatChange(share: number | null): string {
  if (share === null) return '';
  const percent = Math.abs(share) * 100;
  const shown = Number(percent.toFixed(percent < 0.095 ? 2 : percent < 9.95 ? 1 : 0));
  return `${sign(shown === 0 ? 0 : share)}${shown.toLocaleString('en')} %`;
}

/** `+150 … +270 ms`: the unit once where both ends have the same. */
export function formatInterval(kind: Kind, [low, high]: readonly [number, number]): string {
  const [from, to] = [formatDifference(kind, low), formatDifference(kind, high)];
  const unit = / \S+$/.exec(to)?.[0] ?? '';
  const once = unit !== '' && from.endsWith(unit) ? from.slice(0, -unit.length) : from;
  return `${once} … ${to}`;
}

/** What the values of a metric are: `turns`, `calls`, `requests` … */
export function countedAs(metric: string): string {
  if (metric.startsWith(requestPrefix)) return 'requests';
  const ofCalls: readonly string[] = [...callMetrics, 'connection_success'];
  if (ofCalls.includes(metric)) return 'calls';
  const ofRequests: readonly string[] = [...requestMetrics, 'request_success'];
  if (ofRequests.includes(metric)) return 'requests';
  if ((iterationMetrics as readonly string[]).includes(metric)) return 'iterations';
  if (metric === 'check_success') return 'checks';
  if (metric === 'frame_lateness') return 'frames';
  return metric === 'error_rate' ? 'calls and turns' : 'turns';
}

/** Before the name of a request, where rows are told apart by their metric. */
export const requestPrefix = 'request ';

/** `ttfa p95`, `GET /start p95`. */
export function rowName({ metric, stat, label }: Pick<ComparedRow, 'metric' | 'stat' | 'label'>): string {
  return metric.startsWith(requestPrefix) ? label : shortName(metric, stat);
}

const number = (count: number): string => count.toLocaleString('en');

/** `1,204 and 1,198 turns`, the baseline's first. */
export function countsText(metric: string, from: number, to: number): string {
  return `${number(from)} and ${number(to)} ${countedAs(metric)}`;
}

/** `ttfa p95 +212 ms (+18 %)`. */
export function changeText(row: ComparedRow, cell: ComparedCell): string {
  const change =
    (row.kind === 'latency' || row.kind === 'speed') && cell.share !== null
      ? ` (${formatChange(cell.share)})`
      : '';
  return `${rowName(row)} ${formatDifference(row.kind, cell.difference)}${change}`;
}

/** `95 %: +150 … +270 ms, 1,204 and 1,198 turns`. */
export function groundsText(row: ComparedRow, from: ComparedCell, to: ComparedCell): string {
  const counts = countsText(row.metric, from.count, to.count);
  return to.interval === null ? counts : `95 %: ${formatInterval(row.kind, to.interval)}, ${counts}`;
}
