/** CSV files, row by row, by the names in their first row. */
import { parse, CsvError } from 'csv-parse';
import { CrosstalkError } from '#contract/errors';
import { contentOf, problem, type Progress, type Reading, type ResultFile } from './files.ts';

/** More than one row may ever hold: a quote that is never closed must not take all of a file into memory. */
const longestRow = 4_000_000;

/** Cells of one row by the name of their column; a column that is not there, or is cut off, is undefined. */
export type Row = (column: string) => string | undefined;

export interface CsvOutcome {
  columns: readonly string[];
  rows: number;
  /** The last row was cut in the middle and is left out. */
  cut: boolean;
}

/**
 * Reads a file. `onColumns` sees the first row, `onRow` every other; the function handed to it looks into that row
 * alone. Line ends may be CRLF or LF, fields may hold line breaks.
 */
export async function readCsv(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
  onRow: (row: Row, cells: readonly string[]) => void,
  onColumns: (columns: readonly string[]) => void = () => undefined,
): Promise<CsvOutcome> {
  const head: { columns: readonly string[] | null } = { columns: null };
  const places = new Map<string, number>();
  let rows = 0;
  let cells: readonly string[] = [];
  const row: Row = (column) => {
    const place = places.get(column);
    return place === undefined ? undefined : cells[place];
  };
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
  });
  const take = () => {
    for (let record = next(parser); record !== null; record = next(parser)) {
      cells = record;
      if (head.columns === null) {
        const columns = record.map((name) => name.trim());
        head.columns = columns;
        columns.forEach((name, place) => {
          if (!places.has(name)) places.set(name, place);
        });
        onColumns(columns);
      } else {
        rows++;
        onRow(row, cells);
      }
    }
  };
  const ended: { by: Error | null } = { by: null };
  parser.on('error', (error) => {
    ended.by ??= error;
  });
  for await (const part of contentOf(file, reading, progress)) {
    parser.write(withoutHoles(part));
    take();
    if (ended.by !== null) break;
    // Others have a turn: a run that goes on is watched meanwhile.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  if (ended.by === null) {
    await new Promise<void>((resolve) => {
      parser.once('error', () => resolve());
      parser.once('end', () => resolve());
      parser.on('readable', take);
      parser.end();
      take();
    });
  }
  const error = ended.by;
  parser.destroy();
  const cut = error instanceof CsvError && error.code === 'CSV_QUOTE_NOT_CLOSED';
  if (error !== null && !cut) {
    if (error instanceof CrosstalkError) throw error;
    throw problem('unreadable_csv', `${file.name} is not a CSV file that can be read: ${error.message}.`);
  }
  return { columns: head.columns ?? [], rows, cut };
}

/** A file that is written anew while it is appended to has a hole of zero bytes in it. */
function withoutHoles(part: Buffer): Buffer {
  return part.includes(0) ? Buffer.from(part.filter((byte) => byte !== 0)) : part;
}

function next(parser: { read(): unknown }): string[] | null {
  const record = parser.read();
  return Array.isArray(record) ? record.map(String) : null;
}
