/** Which turns of a run are listed and in which order, as the URL hash keeps it. Left out: all of them. */
import type { TurnQuery } from '#contract/api/runs';
import { type TurnMetric, turnMetrics } from '#contract/metrics';

type Wanted<Name extends keyof TurnQuery> = NonNullable<TurnQuery[Name]>;
export type TurnSort = Wanted<'sort'>['by'];

export interface TurnFilter {
  status?: Wanted<'status'>;
  conversation?: string;
  turn?: number;
  user?: string;
  outcome?: Wanted<'bargeInOutcome'>;
  /** Only turns with an error: any (`true`), or one whose text has this. */
  error?: true | string;
  /** ttfa of at least so many ms. */
  slower?: number;
  /** A range of values, ms. */
  value?: { metric: TurnMetric; least?: number; below?: number };
  /** Began in this stretch, seconds since the start of the load. */
  from?: number;
  to?: number;
  q?: string;
  sort?: { by: TurnSort; descending: boolean };
}

const statuses: Record<Wanted<'status'>, true> = { ok: true, timeout: true, failed: true, cut: true };
const outcomes: Record<Wanted<'bargeInOutcome'>, true> = {
  stopped: true,
  fell_silent: true,
  completed: true,
  not_stopped: true,
  nothing_to_interrupt: true,
};
const sorts: Record<TurnSort, true> = {
  startedAt: true,
  ttfa: true,
  ttfb: true,
  turn_time: true,
  barge_in: true,
  recognition: true,
  processing: true,
  response: true,
  turn: true,
  underrun: true,
  leftover_audio: true,
};

export const turnStatusNames = namesOf(statuses);
export const bargeInOutcomeNames = namesOf(outcomes);

function namesOf<Name extends string>(names: Record<Name, true>): Name[] {
  return Object.keys(names).filter((name): name is Name => name in names);
}

function oneOf<Name extends string>(names: Record<Name, true>, text: string | null): Name | undefined {
  return namesOf(names).find((name) => name === text);
}

function numberOf(text: string | null): number | undefined {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** `any` stands for any error; a text that is searched for has a `~` before it. */
function errorOf(text: string | null): true | string | undefined {
  if (text === 'any') return true;
  return text?.startsWith('~') && text.length > 1 ? text.slice(1) : undefined;
}

/** `ttfa:400..500`, either end left out. */
function valueOf(text: string | null): TurnFilter['value'] {
  const [name, range = ''] = (text ?? '').split(':');
  const metric = turnMetrics.find((known) => known === name);
  const [least, below] = range.split('..').map((end) => numberOf(end));
  if (metric === undefined || (least === undefined && below === undefined)) return undefined;
  return { metric, ...(least === undefined ? {} : { least }), ...(below === undefined ? {} : { below }) };
}

/** `-ttfa` for the greatest first, `ttfa` for the least. */
function sortOf(text: string | null): TurnFilter['sort'] {
  const by = oneOf(sorts, text?.replace(/^-/, '') ?? null);
  return by && { by, descending: text?.startsWith('-') === true };
}

/** Keeps what is there. */
function given<T extends object>(all: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;
}

/** The filter that parameters of a hash name; what makes no sense in them is passed over. */
export function parseTurnFilter(params: URLSearchParams): TurnFilter {
  const turn = numberOf(params.get('turn'));
  return given<Required<TurnFilter>>({
    status: oneOf(statuses, params.get('status')),
    conversation: params.get('conversation') || undefined,
    turn: turn !== undefined && Number.isInteger(turn) && turn > 0 ? turn : undefined,
    user: params.get('user') || undefined,
    outcome: oneOf(outcomes, params.get('outcome')),
    error: errorOf(params.get('error')),
    slower: numberOf(params.get('slower')),
    value: valueOf(params.get('value')),
    from: numberOf(params.get('from')),
    to: numberOf(params.get('to')),
    q: params.get('q') || undefined,
    sort: sortOf(params.get('sort')),
  });
}

const plainNames = [
  'status',
  'conversation',
  'turn',
  'user',
  'outcome',
  'slower',
  'from',
  'to',
  'q',
] as const satisfies (keyof TurnFilter)[];

/** Writes a filter into the parameters of a hash; `parseTurnFilter` reads it back. */
export function formatTurnFilter(filter: TurnFilter, params: URLSearchParams): void {
  const { error, value, sort } = filter;
  for (const name of plainNames) if (filter[name] !== undefined) params.set(name, String(filter[name]));
  if (error !== undefined) params.set('error', error === true ? 'any' : `~${error}`);
  if (value) params.set('value', `${value.metric}:${value.least ?? ''}..${value.below ?? ''}`);
  if (sort) params.set('sort', `${sort.descending ? '-' : ''}${sort.by}`);
}

const filterNames = [...plainNames, 'error', 'value', 'sort'] as const satisfies (keyof TurnFilter)[];

/** The filter alone of what may hold more. */
export function turnFilterOf(place: TurnFilter): TurnFilter {
  return Object.fromEntries(
    filterNames.flatMap((name) => (place[name] === undefined ? [] : [[name, place[name]]])),
  );
}

/** Whether it lists all turns, in whatever order. */
export function listsAll(filter: TurnFilter): boolean {
  return Object.keys(turnFilterOf(filter)).every((name) => name === 'sort');
}

/** The question it stands for. */
export function turnQuery(runId: string, filter: TurnFilter): Omit<TurnQuery, 'order' | 'offset' | 'limit'> {
  return {
    runId,
    status: filter.status,
    conversation: filter.conversation,
    turn: filter.turn,
    user: filter.user,
    bargeInOutcome: filter.outcome,
    error: filter.error,
    slowerThan: filter.slower,
    value: filter.value,
    fromS: filter.from,
    toS: filter.to,
    search: filter.q,
    sort: filter.sort,
  };
}
