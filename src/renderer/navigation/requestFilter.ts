/** Which requests of a run are listed and in which order, as the URL hash keeps it. Left out: all of them. */
import type { RequestQuery } from '#contract/api/requests';
import { type RequestMetric, requestMetrics } from '#contract/metrics';
import type { RequestOutcome } from '#contract/requests';

export type RequestSort = NonNullable<RequestQuery['sort']>['by'];

export interface RequestFilter {
  step?: string;
  phase?: string;
  group?: string;
  user?: string;
  period?: string;
  outcome?: RequestOutcome;
  /** HTTP status, or gRPC status code. */
  status?: number;
  /** The word it is counted by. */
  error?: string;
  vu?: number;
  iteration?: number;
  /** A range of values, ms. */
  value?: { metric: RequestMetric; least?: number; below?: number };
  /** Were to begin in this stretch, seconds since the start of the load. */
  from?: number;
  to?: number;
  sort?: { by: RequestSort; descending: boolean };
}

const outcomes: Record<RequestOutcome, true> = { ok: true, failed: true, timeout: true, cut: true };
const sorts: Record<RequestSort, true> = {
  intendedAt: true,
  request: true,
  request_uncorrected: true,
  queue: true,
  first_byte: true,
  download: true,
  first_token: true,
  bytesReceived: true,
};

function namesOf<Name extends string>(names: Record<Name, true>): Name[] {
  return Object.keys(names).filter((name): name is Name => name in names);
}

export const requestOutcomeNames = namesOf(outcomes);

function numberOf(text: string | null): number | undefined {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function wholeOf(text: string | null): number | undefined {
  const value = numberOf(text);
  return value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** `request:400..500`, either end left out. */
function valueOf(text: string | null): RequestFilter['value'] {
  const [name, range = ''] = (text ?? '').split(':');
  const metric = requestMetrics.find((known) => known === name);
  const [least, below] = range.split('..').map((end) => numberOf(end));
  if (metric === undefined || (least === undefined && below === undefined)) return undefined;
  return { metric, ...(least === undefined ? {} : { least }), ...(below === undefined ? {} : { below }) };
}

/** `-request` for the greatest first, `request` for the least. */
function sortOf(text: string | null): RequestFilter['sort'] {
  const by = namesOf(sorts).find((name) => name === text?.replace(/^-/, ''));
  return by && { by, descending: text?.startsWith('-') === true };
}

/** Keeps what is there. */
function given<T extends object>(all: { [Name in keyof T]: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T;
}

/** The filter that parameters of a hash name; what makes no sense in them is passed over. */
export function parseRequestFilter(params: URLSearchParams): RequestFilter {
  return given<Required<RequestFilter>>({
    step: params.get('step') || undefined,
    phase: params.get('phase') || undefined,
    group: params.get('group') || undefined,
    user: params.get('user') || undefined,
    period: params.get('period') || undefined,
    outcome: requestOutcomeNames.find((name) => name === params.get('outcome')),
    status: wholeOf(params.get('status')),
    error: params.get('error') || undefined,
    vu: wholeOf(params.get('vu')),
    iteration: wholeOf(params.get('iteration')),
    value: valueOf(params.get('value')),
    from: numberOf(params.get('from')),
    to: numberOf(params.get('to')),
    sort: sortOf(params.get('sort')),
  });
}

const plainNames = [
  'step',
  'phase',
  'group',
  'user',
  'period',
  'outcome',
  'status',
  'error',
  'vu',
  'iteration',
  'from',
  'to',
] as const satisfies (keyof RequestFilter)[];

/** Writes a filter into the parameters of a hash; `parseRequestFilter` reads it back. */
export function formatRequestFilter(filter: RequestFilter, params: URLSearchParams): void {
  const { value, sort } = filter;
  for (const name of plainNames) if (filter[name] !== undefined) params.set(name, String(filter[name]));
  if (value) params.set('value', `${value.metric}:${value.least ?? ''}..${value.below ?? ''}`);
  if (sort) params.set('sort', `${sort.descending ? '-' : ''}${sort.by}`);
}

/** Whether it lists all requests, in whatever order. */
export function listsAllRequests(filter: RequestFilter): boolean {
  return Object.keys(filter).every((name) => name === 'sort');
}

/** The question it stands for. */
export function requestQuery(
  runId: string,
  { from, to, ...filter }: RequestFilter,
): Omit<RequestQuery, 'newest' | 'offset' | 'limit'> {
  return { runId, ...filter, fromS: from, toS: to };
}
