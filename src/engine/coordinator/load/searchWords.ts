/** What a search for the breaking point found, as one sentence. */
import { metricKind } from '#contract/metrics';
import type { ThresholdResult } from '#contract/run';

/** A number that was not held, and why. */
export interface Broken {
  users: number;
  thresholds: ThresholdResult[];
  reasons: string[];
}

export interface Found {
  holds: number | null;
  /** The fewest calls that the target did not bear; null: it bore all that were tried. */
  broken: Broken | null;
  /** Where this machine gave way. */
  overloaded: Broken | null;
  /** What is being tried, while the search goes on. */
  now: { users: number; held: boolean } | null;
  /** The run ended before the search did. */
  cut: boolean;
}

/** `holds 140 calls; at 150, ttfa p95 passed 3 s`. */
export function searchSentence(found: Found): string {
  const { holds, broken, overloaded, now, cut } = found;
  const parts = [heldWords(found)];
  if (overloaded !== null)
    parts.push(
      `at ${overloaded.users}, this machine was the bottleneck (${overloaded.reasons[0] ?? 'no reason was recorded'}), which says nothing of the target`,
    );
  if (broken !== null) parts.push(`at ${broken.users}, ${brokenWords(broken)}`);
  else if (overloaded === null && now === null && !cut && holds !== null)
    parts[0] = `${parts[0] ?? ''}, the most that were tried`;
  if (now !== null) parts.push(now.held ? `holding ${now.users}` : `going to ${now.users}`);
  if (cut) parts.push('the run ended before the search did');
  return parts.join('; ');
}

function heldWords({ holds, broken, overloaded, now, cut }: Found): string {
  if (holds !== null) return `holds ${calls(holds)}${now === null ? '' : ' so far'}`;
  if (broken !== null || overloaded !== null)
    return now === null ? 'no number of calls was held' : 'no number of calls was held so far';
  return now !== null && !cut
    ? 'nothing is judged yet'
    : 'no number of calls was held long enough to be judged';
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}

const mostNamed = 2;

function brokenWords({ thresholds, reasons }: Broken): string {
  const failed = thresholds.filter((row) => row.status === 'fail').map(failedWords);
  const all = [...reasons, ...failed];
  const named = all.slice(0, mostNamed).join(' and ');
  return all.length > mostNamed ? `${named} (and ${all.length - mostNamed} more)` : named;
}

/** `ttfa p95 passed 3 s`, `connection_success fell below 95 %`. */
function failedWords(row: ThresholdResult): string {
  const stat = metricKind(row.metric) === 'latency' ? ` ${row.stat}` : '';
  const where = Object.entries(row.where ?? {}).map(([key, value]) => ` of ${key} ${value}`);
  const verb = row.condition === 'below' ? 'passed' : 'fell below';
  return `${row.metric}${stat}${where.join('')} ${verb} ${limitWords(row)}`;
}

function limitWords({ metric, stat, acceptable }: ThresholdResult): string {
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'count') return short(acceptable);
  if (kind === 'rate') return `${short(acceptable * 100)} %`;
  return acceptable < 1000 ? `${short(acceptable)} ms` : `${short(acceptable / 1000)} s`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
