/** What a filter of turns says, for a chip each. */
import { metricLabels } from '#contract/metrics';
import { formatElapsed, formatMs } from '../format/quantities.ts';
import type { TurnFilter } from '../navigation/turnFilter.ts';
import { outcomeWords, turnStatusWords } from './turnColumns.ts';

export interface FilterChip {
  key: string;
  text: string;
  /** The filter without it. */
  without: TurnFilter;
}

/** The filter without some of its parts. */
export function without(filter: TurnFilter, ...names: (keyof TurnFilter)[]): TurnFilter {
  const left = Object.entries(filter).filter(([name]) => !names.some((one) => one === name));
  return Object.fromEntries(left);
}

function range({ from, to }: TurnFilter): string {
  if (to === undefined) return `from ${formatElapsed(from)}`;
  return from === undefined ? `until ${formatElapsed(to)}` : `${formatElapsed(from)}–${formatElapsed(to)}`;
}

function values({ metric, least, below }: NonNullable<TurnFilter['value']>): string {
  const name = metricLabels[metric].toLowerCase();
  if (least === undefined) return `${name} under ${formatMs(below)}`;
  return below === undefined
    ? `${name} at least ${formatMs(least)}`
    : `${name} ${formatMs(least)}–${formatMs(below)}`;
}

/** One chip for every part of a filter but its order. */
export function filterChips(filter: TurnFilter): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (key: keyof TurnFilter, text: string, ...more: (keyof TurnFilter)[]) =>
    chips.push({ key, text, without: without(filter, key, ...more) });
  if (filter.q !== undefined) add('q', `“${filter.q}”`);
  if (filter.status) add('status', turnStatusWords[filter.status]);
  if (filter.conversation !== undefined) add('conversation', filter.conversation);
  if (filter.turn !== undefined) add('turn', `turn ${filter.turn}`);
  if (filter.user !== undefined) add('user', `users ${filter.user}`);
  if (filter.outcome) add('outcome', `barge-in ${outcomeWords[filter.outcome]}`);
  if (filter.error !== undefined)
    add('error', filter.error === true ? 'with an error' : `error “${filter.error}”`);
  if (filter.slower !== undefined) add('slower', `TTFA at least ${formatMs(filter.slower)}`);
  if (filter.value) add('value', values(filter.value));
  if (filter.from !== undefined || filter.to !== undefined) add('from', range(filter), 'to');
  return chips;
}
