/** What the tables of requests say beyond the rows as they come. Pure. */
import type { RequestBy, RequestRow } from '#contract/requests';
import type { Distribution } from '#contract/review';
import { exactCount, formatCount } from '../format/quantities.ts';
import type { RequestFilter } from '../navigation/requestFilter.ts';

/** What a breakdown is made of: the head of its first column. */
export const breakdownHeads: Record<RequestBy, string> = {
  step: 'Request',
  phase: 'Phase',
  group: 'Group',
  user: 'Users entry',
  period: 'Period',
};

/** The filter that lists what a row counts; a row of requests that have no phase, group or period has none. */
export function filterOfRow(by: RequestBy, key: string): RequestFilter | null {
  return key === '' ? null : { [by]: key };
}

/** `200 1,234 · 503 12`, the most frequent first. */
export function statusText(statuses: RequestRow['statuses']): string {
  return Object.entries(statuses)
    .toSorted(([, a], [, b]) => b - a)
    .map(([status, count]) => `${status} ${formatCount(count)}`)
    .join(' · ');
}

/** The same in full, for a hover. */
export function statusAbout(statuses: RequestRow['statuses']): string {
  const parts = Object.entries(statuses).map(([status, count]) => `${status}: ${exactCount(count)}`);
  return parts.length > 0 ? parts.join('\n') : 'No answer had a status';
}

function addUp(all: readonly RequestRow['statuses'][]): RequestRow['statuses'] {
  const sums: Record<string, number> = {};
  for (const statuses of all)
    for (const [status, count] of Object.entries(statuses)) sums[status] = (sums[status] ?? 0) + count;
  return sums;
}

/**
 * All rows as one. Counts are their sums; percentiles are not averaged but those of the whole run, where they are known.
 */
export function totalRow(
  rows: readonly RequestRow[],
  distributions: readonly Distribution[],
  seconds: number,
): RequestRow {
  const sum = (of: 'count' | 'failed' | 'timedOut' | 'retries' | 'bytesReceived') =>
    rows.reduce((all, row) => all + row[of], 0);
  const summary = (metric: Distribution['metric']) =>
    distributions.find((one) => one.metric === metric)?.summary ?? null;
  const request = summary('request');
  const count = sum('count');
  const failed = sum('failed');
  return {
    key: 'All',
    type: '',
    phase: null,
    count,
    failed,
    timedOut: sum('timedOut'),
    retries: sum('retries'),
    success: count > 0 ? (count - failed) / count : null,
    perSecond: seconds > 0 ? count / seconds : 0,
    p50: request?.p50 ?? null,
    p90: request?.p90 ?? null,
    p95: request?.p95 ?? null,
    p99: request?.p99 ?? null,
    max: request?.max ?? null,
    mean: request?.mean ?? null,
    uncorrectedP95: summary('request_uncorrected')?.p95 ?? null,
    firstByteP95: summary('first_byte')?.p95 ?? null,
    downloadP95: summary('download')?.p95 ?? null,
    firstTokenP95: summary('first_token')?.p95 ?? null,
    tokensPerSecondP50: summary('tokens_per_second')?.p50 ?? null,
    firstAudioP95: summary('first_audio')?.p95 ?? null,
    finalResultP95: summary('final_result')?.p95 ?? null,
    bytesReceived: sum('bytesReceived'),
    statuses: addUp(rows.map(({ statuses }) => statuses)),
  };
}

/** How a period's time stands to that of the first: `187× faster`, `1.4× slower`, `the same`; null where one of them has none. */
export function ratioWords(
  first: number | null,
  value: number | null,
): { text: string; tone: 'faster' | 'slower' | 'same' } | null {
  if (first === null || value === null || first <= 0 || value <= 0) return null;
  const ratio = first > value ? first / value : value / first;
  const times = ratio < 9.95 ? ratio.toFixed(1) : formatCount(Math.round(ratio));
  if (ratio < 1.05) return { text: 'the same', tone: 'same' };
  return first > value
    ? { text: `${times}× faster`, tone: 'faster' }
    : { text: `${times}× slower`, tone: 'slower' };
}
