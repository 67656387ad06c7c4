/** The first rows of a feed. Pure. */
import { isPlainMap } from '../../document/plain.ts';
import { listIn } from './readSteps.ts';

/** The first rows of a feed, as far as they are known. */
export interface FeedRows {
  fields: string[];
  rows: number;
  first: Record<string, string>[];
}

export const shownRows = 5;

function cell(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** The rows that stand in the scenario itself. */
export function rowsInPlace(rows: unknown): FeedRows {
  const maps = listIn(rows).filter(isPlainMap);
  const first = maps
    .slice(0, shownRows)
    .map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, cell(value)])));
  return { fields: [...new Set(maps.flatMap((row) => Object.keys(row)))], rows: maps.length, first };
}
