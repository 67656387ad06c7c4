/** A page of a run's requests: columns are looked through, records are made only of what the page shows. */
import type { Database } from 'better-sqlite3';
import type { RequestQuery } from '#contract/api/requests';
import type { RequestRecord } from '#contract/requests';
import type { ReviewedRun } from '../review/run.ts';
import { blockPlaces, readBlock, type BlockPlace } from './blocks.ts';
import type { RequestBlock } from './block.ts';
import { Numbers } from './numbers.ts';
import { selectionOf, type Selection } from './selection.ts';

export interface RequestPage {
  total: number;
  requests: RequestRecord[];
}

/** Rows that fulfil a selection, of one block. */
interface Matches {
  place: BlockPlace;
  /** null: all. */
  rows: Uint32Array | null;
}

const countOf = ({ place, rows }: Matches) => rows?.length ?? place.count;

/** Requests in the order in which they ended, newest first, or by a value; those without the value come last. */
export function readRequests(db: Database, run: ReviewedRun, query: RequestQuery): RequestPage {
  const selection = selectionOf(db, run, query);
  const places = blockPlaces(db, run.key, selection.span, query.newest && query.sort === undefined);
  if (query.sort !== undefined) return sortedPage(db, places, selection, query.sort, query);
  const matches = places.map((place): Matches => {
    return { place, rows: selection.all ? null : selection.rowsOf(readBlock(db, place)) };
  });
  return { total: totalOf(matches), requests: pageOf(db, matches, query) };
}

const totalOf = (matches: readonly Matches[]) => matches.reduce((sum, one) => sum + countOf(one), 0);

function pageOf(
  db: Database,
  matches: readonly Matches[],
  { offset, limit, newest }: Pick<RequestQuery, 'offset' | 'limit' | 'newest'>,
): RequestRecord[] {
  const records: RequestRecord[] = [];
  let passed = 0;
  for (const match of matches) {
    const count = countOf(match);
    const from = Math.max(0, offset - passed);
    passed += count;
    if (from >= count) continue;
    const block = readBlock(db, match.place);
    for (let i = from; i < count && records.length < limit; i++) {
      const place = newest ? count - 1 - i : i;
      const row = match.rows === null ? place : (match.rows[place] ?? 0);
      records.push(block.record(row, match.place.firstId + row));
    }
    if (records.length >= limit) break;
  }
  return records;
}

/** One row of the page, and what it is ordered by. */
interface Ranked {
  key: number;
  place: BlockPlace;
  row: number;
}

/**
 * All keys are sorted as plain numbers, which says between which keys the page lies; then the rows of these keys are taken
 * in their order. Equal keys stay in order of time.
 */
function sortedPage(
  db: Database,
  places: readonly BlockPlace[],
  selection: Selection,
  { by, descending }: NonNullable<RequestQuery['sort']>,
  { offset, limit }: Pick<RequestQuery, 'offset' | 'limit'>,
): RequestPage {
  const all = new Numbers();
  const matches: Matches[] = [];
  const keyOf = (value: number) =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : descending ? -value : value;
  for (const place of places) {
    const block = readBlock(db, place);
    const rows = selection.rowsOf(block);
    matches.push({ place, rows });
    eachRow(block, rows, by, (_row, value) => all.add(keyOf(value)));
  }
  const keys = all.values;
  const sorted = keys.slice().sort();
  const total = sorted.length;
  const low = sorted[offset];
  const high = sorted[Math.min(total, offset + limit) - 1];
  if (low === undefined || high === undefined) return { total, requests: [] };
  // Of the rows whose key is the page's first or last, those that are on the page.
  let skip = offset - firstOf(sorted, low);
  const wanted = Math.min(limit, total - offset);
  let ofHigh = low === high ? wanted : offset + wanted - firstOf(sorted, high);
  const page: Ranked[] = [];
  let n = 0;
  for (const { place, rows } of matches) {
    const count = rows?.length ?? place.count;
    for (let i = 0; i < count; i++) {
      const key = keys[n++] ?? 0;
      if (key < low || key > high || (key === low && skip-- > 0)) continue;
      if (key === high && ofHigh-- <= 0) continue;
      page.push({ key, place, row: rows === null ? i : (rows[i] ?? 0) });
    }
  }
  page.sort((a, b) => a.key - b.key || a.place.firstId + a.row - b.place.firstId - b.row);
  const blocks = new Map<number, RequestBlock>();
  const requests = page.map(({ place, row }) => {
    const block = blocks.get(place.key) ?? readBlock(db, place);
    blocks.set(place.key, block);
    return block.record(row, place.firstId + row);
  });
  return { total, requests };
}

/** Where the first of equal keys stands. */
function firstOf(sorted: Float64Array, key: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function eachRow(
  block: RequestBlock,
  rows: Uint32Array | null,
  column: NonNullable<RequestQuery['sort']>['by'],
  take: (row: number, value: number) => void,
): void {
  const values = block.column(column);
  const count = rows?.length ?? block.length;
  for (let i = 0; i < count; i++) {
    const row = rows === null ? i : (rows[i] ?? 0);
    take(row, values[row] ?? Number.NaN);
  }
}
