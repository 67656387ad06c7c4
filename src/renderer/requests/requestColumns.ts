/** The columns of the table of requests, in order: what became of a request stands where it is seen without scrolling. */
import type { RequestSort } from '../navigation/requestFilter.ts';

export interface RequestColumn {
  key: RequestColumnKey;
  name: string;
  /** CSS width; null takes what is left. */
  width: string | null;
  right?: boolean;
  about?: string;
  /** What requests are sorted by from its head; left out: they are not. */
  sort?: RequestSort;
}

export type RequestColumnKey =
  | 'time'
  | 'step'
  | 'type'
  | 'phase'
  | 'user'
  | 'request'
  | 'queue'
  | 'first_byte'
  | 'download'
  | 'first_token'
  | 'first_audio'
  | 'size'
  | 'status'
  | 'outcome'
  | 'checks'
  | 'error';

const all: readonly RequestColumn[] = [
  {
    key: 'time',
    name: 'Time',
    width: '76px',
    sort: 'intendedAt',
    about: 'When it was to begin, since the start of the load',
  },
  { key: 'step', name: 'Request', width: null, about: 'The step of the scenario' },
  { key: 'type', name: 'Type', width: '104px', about: 'HTTP method, or kind of gRPC call' },
  { key: 'phase', name: 'Phase', width: '92px' },
  { key: 'user', name: 'User', width: '72px', right: true, about: 'Virtual user and its iteration' },
  { key: 'status', name: 'Status', width: '112px', about: 'HTTP status, or gRPC status' },
  { key: 'outcome', name: 'Outcome', width: '98px' },
  {
    key: 'request',
    name: 'Response',
    width: '88px',
    right: true,
    sort: 'request',
    about: 'From when it was to begin until its answer had ended',
  },
  {
    key: 'queue',
    name: 'Queue',
    width: '78px',
    right: true,
    sort: 'queue',
    about: 'From when it was to begin until it was sent: a place, a connection, or the generator was awaited',
  },
  {
    key: 'first_byte',
    name: 'First byte',
    width: '88px',
    right: true,
    sort: 'first_byte',
    about: 'From when it was sent to the first byte of its answer',
  },
  {
    key: 'download',
    name: 'Download',
    width: '88px',
    right: true,
    sort: 'download',
    about: 'From the first byte of the answer to its end',
  },
  {
    key: 'first_token',
    name: '1st token',
    width: '86px',
    right: true,
    sort: 'first_token',
    about: 'From when it was sent to the first token of its streamed answer',
  },
  {
    key: 'first_audio',
    name: '1st audio',
    width: '86px',
    right: true,
    about: 'From when it was sent to the first audio of its stream',
  },
  { key: 'size', name: 'Size', width: '76px', right: true, sort: 'bytesReceived', about: 'Of the answer' },
  { key: 'checks', name: 'Checks', width: '68px', right: true, about: 'Checks passed, of all' },
  { key: 'error', name: 'Error', width: '130px' },
];

/** What a table has room and values for. */
export interface Shown {
  /** A request is open beside it: only what tells requests apart. */
  narrow: boolean;
  phases: boolean;
  rpc: boolean;
  tokens: boolean;
  audio: boolean;
}

const whenNarrow: ReadonlySet<RequestColumnKey> = new Set(['time', 'step', 'request', 'status', 'outcome']);

/** The columns of a table; those that no request has a value for are left out. */
export function requestColumns({ narrow, phases, rpc, tokens, audio }: Shown): RequestColumn[] {
  const shown = narrow ? all.filter(({ key }) => whenNarrow.has(key)) : all;
  return shown
    .filter(
      ({ key }) =>
        (key !== 'phase' || phases) && (key !== 'first_token' || tokens) && (key !== 'first_audio' || audio),
    )
    .map((column) => {
      if (rpc) return column;
      // HTTP's methods and statuses are short.
      if (column.key === 'type') return { ...column, width: '64px' };
      return column.key === 'status' ? { ...column, width: '64px' } : column;
    });
}

const leastName = 230;

/** Least width of a table with these columns, px. */
export function widthOf(columns: readonly RequestColumn[]): number {
  return columns.reduce((sum, { width }) => {
    if (width === null) return sum + leastName;
    return sum + Number.parseInt(width, 10);
  }, 0);
}
