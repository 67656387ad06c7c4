import { displayWidth, pad } from './text.ts';

export interface Column {
  head: string;
  align?: 'left' | 'right';
}

export interface TableOptions {
  indent?: number;
  head?: (text: string) => string;
}

/** Rows under their heads, columns two blanks apart, no trailing blanks. A row may be shorter than the head. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const widths = columns.map((column, i) =>
    Math.max(displayWidth(column.head), ...rows.map((row) => displayWidth(row[i] ?? ''))),
  );
  const indent = ' '.repeat(options.indent ?? 0);
  const line = (cells: readonly string[]) =>
    (
      indent + columns.map((column, i) => pad(cells[i] ?? '', widths[i] ?? 0, column.align)).join('  ')
    ).trimEnd();
  const head = line(columns.map((column) => column.head));
  return [options.head ? options.head(head) : head, ...rows.map(line)].map((text) => `${text}\n`).join('');
}
