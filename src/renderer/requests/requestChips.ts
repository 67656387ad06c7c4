/** What a filter of requests says, for a chip each. */
import { metricLabels } from '#contract/metrics';
import { formatElapsed, formatMs } from '../format/quantities.ts';
import type { RequestFilter } from '../navigation/requestFilter.ts';
import { outcomeWords } from './requestWords.ts';

export interface RequestChip {
  key: string;
  text: string;
  /** The filter without it. */
  without: RequestFilter;
}

/** The filter without some of its parts. */
export function withoutPart(filter: RequestFilter, ...names: (keyof RequestFilter)[]): RequestFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => !names.some((one) => one === name)));
}

function range({ from, to }: RequestFilter): string {
  if (to === undefined) return `from ${formatElapsed(from)}`;
  return from === undefined ? `until ${formatElapsed(to)}` : `${formatElapsed(from)}–${formatElapsed(to)}`;
}

function values({ metric, least, below }: NonNullable<RequestFilter['value']>): string {
  const name = metric === 'request' ? 'response' : metricLabels[metric].toLowerCase();
  if (least === undefined) return `${name} under ${formatMs(below)}`;
  return below === undefined
    ? `${name} at least ${formatMs(least)}`
    : `${name} ${formatMs(least)}–${formatMs(below)}`;
}

/** One chip for every part of a filter but its order. */
export function requestChips(filter: RequestFilter): RequestChip[] {
  const chips: RequestChip[] = [];
  const add = (key: keyof RequestFilter, text: string, ...more: (keyof RequestFilter)[]) =>
    chips.push({ key, text, without: withoutPart(filter, key, ...more) });
  if (filter.step !== undefined) add('step', filter.step);
  if (filter.phase !== undefined) add('phase', `phase ${filter.phase}`);
  if (filter.group !== undefined) add('group', `group ${filter.group}`);
  if (filter.user !== undefined) add('user', `users ${filter.user}`);
  if (filter.period !== undefined) add('period', `period ${filter.period}`);
  if (filter.outcome) add('outcome', outcomeWords[filter.outcome]);
  if (filter.status !== undefined) add('status', `status ${filter.status}`);
  if (filter.error !== undefined) add('error', filter.error);
  if (filter.vu !== undefined) add('vu', `user ${filter.vu}`);
  if (filter.iteration !== undefined) add('iteration', `iteration ${filter.iteration}`);
  if (filter.value) add('value', values(filter.value));
  if (filter.from !== undefined || filter.to !== undefined) add('from', range(filter), 'to');
  return chips;
}
