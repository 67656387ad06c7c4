/**
 * What a run's recorder could not write until the program ended, in a file of its own beside the database. The database
 * worker takes it in when it opens the history next (`database/takeIn.ts`).
 */
import { join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { writePartsAtomically } from '../atomicFile.ts';
import { countRecords, onlyFigures } from './backlog.ts';
import type { SpillHeader, WriteItem } from './database/messages.ts';
import { asText } from './database/requests/taken.ts';
import { spillVersion } from './database/messages.ts';

/** A file that holds what is still to be written of a run. */
export interface Spill {
  file: string;
  /** Turns, calls and errors for which there was no room. */
  left: number;
}

/**
 * Writes the items (secrets masked already) into a file that only this user may read. On a full disk the turns, calls
 * and errors are left out. Fails when that does not fit either.
 */
export function writeSpill(folder: string, runId: string, items: readonly WriteItem[]): Result<Spill> {
  const file = join(folder, `unwritten-${runId.replace(/[^\w.-]/g, '_')}-${process.pid}.jsonl`);
  try {
    try {
      writeLines(file, runId, items);
      return ok({ file, left: 0 });
    } catch (thrown) {
      if (!isFull(thrown)) throw thrown;
      writeLines(file, runId, items.map(onlyFigures));
      return ok({ file, left: countRecords(items) });
    }
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    const why = isFull(thrown) ? 'the disk is full' : detail;
    return fail('unavailable', 'spill_failed', `${file} cannot be written: ${why}`, { detail });
  }
}

function isFull(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')
  );
}

/** All of it or no file: the next start must not take a half one. */
function writeLines(file: string, runId: string, items: readonly WriteItem[]): void {
  const header: SpillHeader = { crosstalk: 'unwritten', version: spillVersion, runId, items: items.length };
  writePartsAtomically(file, linesOf(header, items));
}

function* linesOf(header: SpillHeader, items: readonly WriteItem[]): Generator<string> {
  yield `${JSON.stringify(header)}\n`;
  for (const item of items) yield `${JSON.stringify(inText(item))}\n`;
}

/** Columns are no text: they are written as the database would hold them. */
function inText(item: WriteItem): WriteItem {
  if (item.kind !== 'batch' || item.batch.requests === undefined) return item;
  return { ...item, batch: { ...item.batch, requests: item.batch.requests.map(asText) } };
}
