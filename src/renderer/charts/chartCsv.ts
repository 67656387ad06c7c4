/** The columns a chart draws, as CSV. Pure. */

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** `seconds` and a column for each line; an empty field where there is no value. */
export function chartCsv(
  labels: readonly string[],
  t: readonly number[],
  columns: readonly (readonly (number | null)[])[],
): string {
  const rows = t.map((seconds, i) =>
    [seconds, ...columns.map((column) => column[i] ?? '')].map((value) => String(value)).join(','),
  );
  return [['seconds', ...labels].map(cell).join(','), ...rows, ''].join('\r\n');
}
