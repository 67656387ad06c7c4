/** Takes a run in that was made elsewhere: a few batches at a time, seen only once all of it is there. */
import { setTimeout as wait } from 'node:timers/promises';
import { fail, toAppError, type AppError, type Result } from '#contract/errors';
import type { RunRow } from '#contract/run';
import type { SeriesPoint } from '#contract/series';
import type { Ask } from './asking.ts';
import { countRecords, countRequests } from './backlog.ts';
import { databaseCalls, type WriteItem } from './database/messages.ts';
import { maskBatch, maskRun, maskSeries, maskSummary } from './maskedRecords.ts';
import { maskText } from './masking.ts';
import type { ImportedRecord } from './records.ts';
import { goOn } from './removal.ts';

/** What one transaction takes at most. */
const atOnce = { records: 2000, items: 100, points: 5000 };
/** A database that is locked for a moment is asked again. */
const attempts = { most: 4, waitMs: 500 };

class ImportFailure extends Error {
  readonly error: AppError;

  constructor(error: AppError) {
    super(error.message);
    this.error = error;
  }
}

/** Fails with the reason, leaving nothing behind; an aborted import fails with `cancelled`. */
export async function importRun(
  ask: Ask,
  record: ImportedRecord,
  signal?: AbortSignal,
): Promise<Result<RunRow>> {
  const begun = await ask(databaseCalls.importBegin, {
    run: maskRun(record.run),
    imported: record.imported,
    note: record.note,
    markers: [...record.markers],
    notices: record.notices.map(maskText),
  });
  if (!begun.ok) return begun;
  const runId = begun.value;
  try {
    await writeAll(ask, runId, record, signal);
    throwIfCancelled(signal);
    const ended = await ask(databaseCalls.importEnd, {
      runId,
      summary: record.summary === null ? null : maskSummary(record.summary),
      durationMs: record.durationMs,
      histograms: record.histograms,
      ...(record.requests === undefined ? {} : { requests: record.requests }),
    });
    if (ended.ok) return ended;
    throw new ImportFailure(ended.error);
  } catch (thrown) {
    const dropped = await ask(databaseCalls.importDrop, { runId });
    if (dropped.ok) await goOn(ask);
    return {
      ok: false,
      error: thrown instanceof ImportFailure ? thrown.error : toAppError(thrown, 'import_failed'),
    };
  }
}

async function writeAll(
  ask: Ask,
  runId: string,
  record: ImportedRecord,
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = { records: 0, reason: 'unreadable' };
  const write = async (items: WriteItem[]) => {
    if (items.length === 0) return;
    const { refused, reason } = await writeOnce(ask, runId, items, signal);
    if (left.records === 0 && reason !== null) left.reason = reason;
    left.records += refused;
  };
  for (const series of record.series) {
    const { t, values, ...info } = maskSeries(series);
    await write([{ kind: 'series', begun: [info], points: [] }]);
    for (let from = 0; from < t.length; from += atOnce.points) {
      const points = t.slice(from, from + atOnce.points).map((moment, i): SeriesPoint => {
        return { id: info.id, t: moment, value: values[from + i] ?? null };
      });
      await write([{ kind: 'series', begun: [], points }]);
    }
  }
  let waiting: WriteItem[] = [];
  let records = 0;
  let n = 0;
  for await (const batch of record.batches) {
    throwIfCancelled(signal);
    const item: WriteItem = { kind: 'batch', n: ++n, batch: maskBatch(batch) };
    waiting.push(item);
    // A request takes about a hundredth of what a record takes.
    records += countRecords([item]) + countRequests([item]) / 100;
    if (records < atOnce.records && waiting.length < atOnce.items) continue;
    await write(waiting);
    waiting = [];
    records = 0;
  }
  await write(waiting);
  if (left.records === 0) return;
  const message = `${left.records} records were left out because they are not what they should be (${left.reason}).`;
  await write([{ kind: 'notice', n: record.notices.length + 1, at: Date.now(), message }]);
}

async function writeOnce(
  ask: Ask,
  runId: string,
  items: WriteItem[],
  signal: AbortSignal | undefined,
): Promise<{ refused: number; reason: string | null }> {
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    const written = await ask(databaseCalls.write, { runId, items });
    if (written.ok) return written.value;
    if (written.error.kind !== 'unavailable' || attempt === attempts.most)
      throw new ImportFailure(written.error);
    await wait(attempts.waitMs);
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const cancelled = fail('conflict', 'cancelled', 'The import was cancelled; nothing of it is kept.');
  if (!cancelled.ok) throw new ImportFailure(cancelled.error);
}
