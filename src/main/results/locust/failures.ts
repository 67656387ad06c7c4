/** `_failures.csv` and `_exceptions.csv`: what went wrong, and how often. */
import { readCsv } from '../csv.ts';
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

/** Failed requests, by request and error. */
export async function readFailures(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustErrors> {
  const groups: FailureGroup[] = [];
  let odd = 0;
  const { cut } = await readCsv(file, reading, progress, (row) => {
    const count = countIn(row('Occurrences'));
    const error = row('Error');
    if (count === null || error === undefined) {
      odd++;
      return;
    }
    if (count === 0) return;
    const name = shown(unescapeHtml(row('Name') ?? ''), 300);
    const method = shown(unescapeHtml(row('Method') ?? ''), 100);
    const text = errorText(error);
    groups.push({
      kind: `${name === '' ? 'request' : name}: ${errorWord(text)}`.slice(0, 200),
      message: `${method} ${name}: ${text}`.trim(),
      count,
      firstMs: momentIn(row('First Seen')),
      lastMs: momentIn(row('Last Seen')),
    });
  });
  return { groups, notes: leftOut(file, odd, cut) };
}

/** Errors of the test itself, outside of any request. */
export async function readExceptions(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustErrors> {
  const groups: FailureGroup[] = [];
  let odd = 0;
  const { cut } = await readCsv(file, reading, progress, (row) => {
    const count = countIn(row('Count'));
    const message = row('Message');
    if (count === null || message === undefined) {
      odd++;
      return;
    }
    if (count === 0) return;
    const text = errorText(message);
    // The traceback names where it was raised in its last frame; Python says nothing more after that but the line.
    const places = [
      ...unescapeHtml(row('Traceback') ?? '').matchAll(/File "([^"]{1,300})", line (\d+), in (\S+)/g),
    ];
    const last = places.at(-1);
    const where =
      last === undefined
        ? ''
        : ` (${last[3] ?? ''} in ${(last[1] ?? '').split(/[\\/]/).at(-1) ?? ''}, line ${last[2] ?? ''})`;
    groups.push({
      kind: `exception: ${errorWord(text)}`.slice(0, 200),
      message: shown(`${text}${where}`),
      count,
      firstMs: null,
      lastMs: null,
    });
  });
  return { groups, notes: leftOut(file, odd, cut) };
}
