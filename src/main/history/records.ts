/** What goes into the history as a whole, and what is asked of many runs at once. */
import type { RequestBy, RequestRow } from '#contract/requests';
import type { ImportedRun, RunMarker, RunRow, RunSummary } from '#contract/run';
import type { RunSeries } from '#contract/series';
import type { RunBatch } from '#engine/run';
import type { NewRun } from './database/messages.ts';

/** A whole run that was made elsewhere. `batches` are taken one by one, so that they need not be in memory together. */
export interface ImportedRecord {
  run: NewRun;
  imported: ImportedRun;
  note: string;
  markers: readonly Omit<RunMarker, 'id'>[];
  series: readonly RunSeries[];
  notices: readonly string[];
  batches: AsyncIterable<RunBatch> | Iterable<RunBatch>;
  /** null: it has none; then `durationMs` and what is in the batches must do. */
  summary: RunSummary | null;
  durationMs: number;
  histograms: Record<string, string>;
  /** Breakdowns of its requests, as its end had them. */
  requests?: Partial<Record<RequestBy, RequestRow[]>>;
}

/** A finished run with its summary, for trends and comparisons. */
export interface SummarisedRun {
  row: RunRow;
  summary: RunSummary;
}

/** How many runs there are and what they take. */
export interface DatabaseFacts {
  bytes: number;
  freeBytes: number;
  runs: number;
  deleted: number;
  turns: number;
  oldest: string | null;
}
