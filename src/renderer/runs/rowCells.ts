/** What the columns of the list of runs hold: of callers their answers, of users that make requests their responses. Pure. */
import type { RunRow } from '#contract/run';
import { exactPerSecond, formatPerSecond } from '../format/metrics.ts';
import { exactMs, exactShare, formatMs, formatShare, none } from '../format/quantities.ts';
import { workloadOfRow } from './rowWorkload.ts';

/** A head of the list, and what stands below it, for a hover. */
export interface ColumnHead {
  name: string;
  about: string;
}

/** The columns that depend on what the listed runs did. */
export interface RowHeads {
  most: ColumnHead;
  first: ColumnHead;
  p95: ColumnHead;
  /** null: nobody spoke in any of them. */
  fourth: ColumnHead | null;
  ok: ColumnHead;
}

const ofCalls: RowHeads = {
  most: { name: 'Calls', about: 'Most calls at the same time' },
  first: { name: 'TTFA p50', about: 'Time to first audio, median' },
  p95: { name: 'p95', about: 'Time to first audio, 95th percentile' },
  fourth: { name: 'Barge-in', about: 'Barge-in, 95th percentile' },
  ok: { name: 'Turns ok', about: 'Turns that went well' },
};

const ofRequests: RowHeads = {
  most: { name: 'Users', about: 'Most users at the same time' },
  first: { name: 'Req/s', about: 'Requests a second' },
  p95: { name: 'Resp. p95', about: 'Response time, 95th percentile' },
  fourth: null,
  ok: { name: 'Success', about: 'Requests that went well' },
};

const ofBoth: RowHeads = {
  most: { name: 'Users', about: 'Most calls and users at the same time' },
  first: {
    name: 'TTFA p50',
    about: 'Time to first audio, median; of runs without callers requests a second',
  },
  p95: {
    name: 'p95',
    about: 'Time to first audio, 95th percentile; of runs without callers that of the response',
  },
  fourth: { name: 'Barge-in', about: 'Barge-in, 95th percentile; runs without callers have none' },
  ok: { name: 'Success', about: 'Turns that went well; of runs without callers requests' },
};

/** Heads for what the listed runs did. */
export function rowHeads(rows: readonly RunRow[]): RowHeads {
  const without = rows.filter((row) => !workloadOfRow(row).voice).length;
  if (without === 0) return ofCalls;
  return without === rows.length ? ofRequests : ofBoth;
}

export interface RowCell {
  text: string;
  /** In full, with what it is. */
  about: string;
}

export interface RowCells extends Record<Exclude<keyof RowHeads, 'most'>, RowCell> {
  /** What `p95` was over the run. */
  trend: RunRow['ttfaTrend'];
}

/** The cells of a run below `rowHeads`. A run of callers that also makes requests shows its callers, and the rest on hover. */
export function rowCells(row: RunRow): RowCells {
  const { voice, requests } = workloadOfRow(row);
  if (!voice)
    return {
      first: {
        text: formatPerSecond(row.requestsPerSecond),
        about: `Requests: ${exactPerSecond(row.requestsPerSecond)}`,
      },
      p95: { text: formatMs(row.requestP95), about: `Response p95: ${exactMs(row.requestP95)}` },
      fourth: { text: none, about: 'Nobody spoke in this run' },
      ok: { text: formatShare(row.requestSuccess), about: `Requests ok: ${exactShare(row.requestSuccess)}` },
      trend: row.requestTrend,
    };
  const also = (text: string) => (requests ? `; ${text}` : '');
  return {
    trend: row.ttfaTrend,
    first: {
      text: formatMs(row.ttfaP50),
      about: `TTFA p50: ${exactMs(row.ttfaP50)}${also(`requests: ${exactPerSecond(row.requestsPerSecond)}`)}`,
    },
    p95: {
      text: formatMs(row.ttfaP95),
      about: `TTFA p95: ${exactMs(row.ttfaP95)}${also(`response p95: ${exactMs(row.requestP95)}`)}`,
    },
    fourth: { text: formatMs(row.bargeInP95), about: `Barge-in p95: ${exactMs(row.bargeInP95)}` },
    ok: {
      text: formatShare(row.turnSuccess),
      about: `Turns ok: ${exactShare(row.turnSuccess)}${also(`requests ok: ${exactShare(row.requestSuccess)}`)}`,
    },
  };
}
