/** The blocks of one run's requests, one after the other. */
import type { Database } from 'better-sqlite3';
import { RequestBlock } from './block.ts';

/** A block without its bytes. */
export interface BlockPlace {
  key: number;
  /** Number of its first row within the run. */
  firstId: number;
  count: number;
}

/** Which blocks: those with requests that were to begin between these stamps (whole microseconds). */
export interface BlockSpan {
  from: number;
  to: number;
}

const always: BlockSpan = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** In the order in which requests ended, or the other way round. */
export function blockPlaces(
  db: Database,
  run: number,
  span: BlockSpan = always,
  newest = false,
): BlockPlace[] {
  return db
    .prepare<[number, number, number], BlockPlace>(
      `SELECT key, first_id AS firstId, count FROM requests WHERE run = ? AND to_at >= ? AND from_at <= ?
       ORDER BY first_id ${newest ? 'DESC' : ''}`,
    )
    .all(run, span.from, span.to);
}

/** Reads the block at a place. */
export function readBlock(db: Database, { key }: Pick<BlockPlace, 'key'>): RequestBlock {
  const row = db.prepare<[number], { data: Buffer }>('SELECT data FROM requests WHERE key = ?').get(key);
  if (row === undefined) throw new Error('Requests were removed while they were read');
  return new RequestBlock(row.data);
}

/** Every block of a run in order. */
export function* blocksOf(
  db: Database,
  run: number,
  span: BlockSpan = always,
): Generator<{ place: BlockPlace; block: RequestBlock }> {
  const rows = db.prepare<[number, number, number], BlockPlace & { data: Buffer }>(
    `SELECT key, first_id AS firstId, count, data FROM requests WHERE run = ? AND to_at >= ? AND from_at <= ? ORDER BY first_id`,
  );
  for (const { data, ...place } of rows.iterate(run, span.from, span.to))
    yield { place, block: new RequestBlock(data) };
}
