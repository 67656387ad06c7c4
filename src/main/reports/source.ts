/** Everything a report is written from: a run out of the history, or one that was only gathered while it went on. */
import type { ErrorGroup } from '#contract/api/runs';
import type { Comparison } from '#contract/comparison';
import { CrosstalkError, type Result } from '#contract/errors';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import type { CallRecord, ErrorRecord, RunDetail, RunSummary, Sample, TurnRecord } from '#contract/run';
import type { RunSeries } from '#contract/series';
import type { ExportedRequests } from '#contract/exported';
import { requestBreakdowns, type KeptRequest, type RequestRecord } from '#contract/requests';
import type { History } from '../history/history.ts';

/** How many records there are of each kind. */
export interface RecordTotals {
  turns: number;
  calls: number;
  errors: number;
  requests: number;
  /** Requests whose contents were kept. */
  kept: number;
}

/** Reading fails by throwing a `CrosstalkError`. Records come in pages, so that a long run never lies in memory as a whole. */
export interface ReportSource {
  readonly detail: RunDetail;
  /** With the run it was asked to be compared with. */
  readonly compared?: Comparison | null;
  /** Every second, or at most so many, merged. */
  samples(atMost?: number): Promise<Sample[]>;
  series(): Promise<RunSeries[]>;
  /** By `metric`, `metric|turn=2` …; empty where there are none. */
  histograms(): Promise<Record<string, string>>;
  /** Counted by kind, most frequent first. */
  errors(): Promise<ErrorGroup[]>;
  breakdown(by: BreakdownBy): Promise<BreakdownRow[]>;
  /** By ttfa, slowest first. */
  slowest(atMost: number): Promise<TurnRecord[]>;
  totals(): Promise<RecordTotals>;
  /** In order of time. */
  turns(): AsyncIterable<readonly TurnRecord[]>;
  calls(): AsyncIterable<readonly CallRecord[]>;
  errorRecords(): AsyncIterable<readonly ErrorRecord[]>;
  /** In the order in which they ended. */
  requests(): AsyncIterable<readonly RequestRecord[]>;
  kept(): AsyncIterable<readonly KeptRequest[]>;
  /** What its requests refer to, and how they went; null: it has none. */
  aboutRequests(): Promise<ExportedRequests | null>;
}

/** Work that can be given up, and says how far it is (0–1). */
export interface ReportWork {
  signal: AbortSignal;
  progress(done: number): void;
}

/** For work that nobody watches. */
export const unwatched: ReportWork = { signal: new AbortController().signal, progress: () => {} };

/** Where a report goes, piece by piece. */
export interface ReportSink {
  write(piece: string | Uint8Array): void;
}

/** The value, or its error thrown. */
export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new CrosstalkError(result.error);
  return result.value;
}

/** Throws once the work was given up. */
export function checkGivenUp({ signal }: ReportWork): void {
  if (signal.aborted)
    throw new CrosstalkError({ kind: 'refused', code: 'cancelled', message: 'The report was cancelled.' });
}

/** The summary, which a run has once it has ended. */
export function summaryOf({ detail }: ReportSource, what: string): RunSummary {
  if (detail.summary !== null) return detail.summary;
  const why =
    detail.row.state === 'cut_off'
      ? 'the program that ran it ended before the run did'
      : detail.imported === null
        ? 'it has not ended yet'
        : 'the imported files have none';
  throw new CrosstalkError({
    kind: 'conflict',
    code: 'no_summary',
    message: `${what} needs the run's summary, and ${detail.row.name} has none: ${why}. The HTML report, every turn and the archive can be had without it.`,
  });
}

const pageSize = 1000;

interface Page<T> {
  total: number;
  records: readonly T[];
}

async function* pages<T>(
  ask: (offset: number, limit: number) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  for (let offset = 0, total = Infinity; offset < total;) {
    const page = await ask(offset, pageSize);
    if (page.records.length === 0) return;
    yield page.records;
    offset += page.records.length;
    total = page.total;
  }
}

/** Opens a run of the history for reports. `detail`: instead of the history's, of a run that goes on here. */
export async function historySource(
  history: History,
  runId: string,
  detail?: RunDetail,
): Promise<ReportSource> {
  const known = detail ?? given(await history.get(runId));
  const one = { runId, offset: 0, limit: 1 };
  return {
    detail: known,
    samples: async (atMost) => given(await history.samples(runId, { atMost })),
    series: async () => given(await history.series(runId)),
    histograms: async () => given(await history.histograms(runId)),
    errors: async () => given(await history.errors(runId)),
    breakdown: async (by) => given(await history.breakdown(runId, by)),
    slowest: async (limit) =>
      given(await history.turns({ runId, order: 'slowest', offset: 0, limit })).turns.filter(
        ({ ttfa }) => ttfa !== null,
      ),
    async totals() {
      const turns = given(await history.turns({ ...one, order: 'time' })).total;
      const calls = given(await history.calls(one)).total;
      const errors = given(await history.errorList(one)).total;
      const requests = given(await history.requestList(one)).total;
      return { turns, calls, errors, requests, kept: given(await history.requestsKept(one)).total };
    },
    turns: () =>
      pages(async (offset, limit) => {
        const { total, turns } = given(await history.turns({ runId, order: 'time', offset, limit }));
        return { total, records: turns };
      }),
    calls: () =>
      pages(async (offset, limit) => {
        const { total, calls } = given(await history.calls({ runId, offset, limit }));
        return { total, records: calls };
      }),
    errorRecords: () =>
      pages(async (offset, limit) => {
        const { total, errors } = given(await history.errorList({ runId, offset, limit }));
        return { total, records: errors };
      }),
    requests: () =>
      pages(async (offset, limit) => {
        const { total, requests } = given(await history.requestList({ runId, offset, limit }));
        return { total, records: requests };
      }),
    kept: () =>
      pages(async (offset) => {
        const { total, requests } = given(await history.requestsKept({ runId, offset, limit: 100 }));
        return { total, records: requests };
      }),
    async aboutRequests() {
      const plan = given(await history.requestPlan(runId));
      if (plan.steps.length === 0) return null;
      const breakdowns: ExportedRequests['breakdowns'] = {};
      for (const by of requestBreakdowns) breakdowns[by] = given(await history.requestSummary({ runId, by }));
      return { ...plan, breakdowns };
    },
  };
}
