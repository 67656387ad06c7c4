/** `_failures.csv` and `_exceptions.csv`: what went wrong, and how often. */
import { readCsv, type Row } from '../csv.ts';
import type { Progress, Reading, ResultFile } from '../files.ts';
import type { FailureGroup } from '../foreign.ts';
import { counted, countIn, errorText, errorWord, shown, unescapeHtml } from '../words.ts';

export interface LocustErrors {
  groups: FailureGroup[];
  notes: string[];
}

function momentIn(text: string | undefined): number | null {
  const at = Date.parse(text?.trim() ?? '');
  return Number.isFinite(at) ? at : null;
}

function leftOut(file: ResultFile, odd: number, cut: boolean): string[] {
  const notes: string[] = [];
  if (odd > 0)
    notes.push(
      `${counted(odd, 'row')} of ${file.name} had no count and ${odd === 1 ? 'was' : 'were'} left out.`,
    );
  if (cut) notes.push(`The last row of ${file.name} is cut off and was left out.`);
  return notes;
}

/** Reads a file of errors. `groupOf` makes the group of a row that has a count; null where something of it is missing. */
async function readErrors(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
  countColumn: string,
  groupOf: (row: Row, count: number) => FailureGroup | null,
): Promise<LocustErrors> {
  const groups: FailureGroup[] = [];
  let odd = 0;
  const { cut } = await readCsv(file, reading, progress, (row) => {
    const count = countIn(row(countColumn));
    const group = count === null ? null : groupOf(row, count);
    if (group === null) odd++;
    else if (group.count > 0) groups.push(group);
  });
  return { groups, notes: leftOut(file, odd, cut) };
}

/** Failed requests, by request and error. */
export async function readFailures(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustErrors> {
  return readErrors(file, reading, progress, 'Occurrences', (row, count) => {
    const error = row('Error');
    if (error === undefined) return null;
    const name = shown(unescapeHtml(row('Name') ?? ''), 300);
    const method = shown(unescapeHtml(row('Method') ?? ''), 100);
    const text = errorText(error);
    return {
      kind: `${name === '' ? 'request' : name}: ${errorWord(text)}`.slice(0, 200),
      message: `${method} ${name}: ${text}`.trim(),
      count,
      firstMs: momentIn(row('First Seen')),
      lastMs: momentIn(row('Last Seen')),
    };
  });
}

/** The last frame of a Python traceback, where it was raised; Python says nothing more after that but the line. */
function raisedIn(traceback: string): string {
  const frames = [...unescapeHtml(traceback).matchAll(/File "([^"]{1,300})", line (\d+), in (\S+)/g)];
  const last = frames.at(-1);
  if (last === undefined) return '';
  return ` (${last[3] ?? ''} in ${(last[1] ?? '').split(/[\\/]/).at(-1) ?? ''}, line ${last[2] ?? ''})`;
}

/** Errors of the test itself, outside of any request. */
export async function readExceptions(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustErrors> {
  return readErrors(file, reading, progress, 'Count', (row, count) => {
    const message = row('Message');
    if (message === undefined) return null;
    const text = errorText(message);
    return {
      kind: `exception: ${errorWord(text)}`.slice(0, 200),
      message: shown(`${text}${raisedIn(row('Traceback') ?? '')}`),
      count,
      firstMs: null,
      lastMs: null,
    };
  });
}
