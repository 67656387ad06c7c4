/** Takes in what earlier runs could not write before their program ended (`../spill.ts`). */
import { closeSync, openSync, readdirSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CrosstalkError, type AppError } from '#contract/errors';
import { SpillHeader, spillVersion, WriteItem } from './messages.ts';
import type { RunWriter } from './write.ts';

const chunkBytes = 1 << 20;
/** No second of a run is as long as this. */
const longestLine = 256 << 20;

/** A file that is not what it should be. */
class BrokenSpill extends Error {}
/** A file of a newer version. */
class NewerSpill extends Error {}

/**
 * Takes in every file there is for this database; each is removed once it is in the history. One that cannot be taken
 * in is kept: for the next start when the database is to blame, renamed when the file is.
 * @param failureOf what was thrown as an `AppError`; its kind `unavailable` says that the database is to blame
 * @returns a sentence for each file that was not taken in
 */
export function takeIn(
  database: string,
  writer: Pick<RunWriter, 'takeIn'>,
  failureOf: (thrown: unknown) => AppError,
): string[] {
  if (database === ':memory:') return [];
  const problems: string[] = [];
  for (const file of spillsOf(dirname(database))) {
    try {
      takeInOne(file, writer);
      rmSync(file, { force: true });
    } catch (thrown) {
      problems.push(keepAside(file, thrown, failureOf));
    }
  }
  return problems;
}

function spillsOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^unwritten-.*\.jsonl$/.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function takeInOne(file: string, writer: Pick<RunWriter, 'takeIn'>): void {
  const lines = readLines(file);
  try {
    const first = lines.next();
    // Another process took it in since the folder was read.
    if (first.done === true && first.value === 'gone') return;
    const header = parse(first.done === true ? '' : first.value, 1, SpillHeader);
    if (header.version > spillVersion) throw new NewerSpill();
    writer.takeIn(header.runId, itemsOf(lines, header.items));
  } finally {
    lines.return('read');
  }
}

function* itemsOf(lines: Iterable<string>, expected: number): Generator<WriteItem> {
  let found = 0;
  for (const line of lines) {
    found += 1;
    yield parse(line, found + 1, WriteItem);
  }
  if (found !== expected) throw new BrokenSpill(`it has ${found} of its ${expected} parts`);
}

function parse<T>(line: string, number: number, schema: { parse(value: unknown): T }): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new BrokenSpill(`line ${number} is not what it should be`);
  }
}

function keepAside(file: string, thrown: unknown, failureOf: (thrown: unknown) => AppError): string {
  const what = `${file}, which holds what a run could not write when Crosstalk ended,`;
  if (thrown instanceof NewerSpill) {
    return `${what} was written by a newer version of Crosstalk: update Crosstalk, and it is taken into the history.`;
  }
  const failure = thrown instanceof BrokenSpill ? null : failureOf(thrown);
  if (failure?.kind === 'unavailable') {
    return `${what} waits for the next start: ${failure.message}.`;
  }
  const aside = `${file}.broken`;
  let where = `it is kept as ${aside}`;
  try {
    renameSync(file, aside);
  } catch {
    where = 'it is left where it is';
  }
  const why = failure?.message ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return `${what} cannot be taken into the history (${why}); ${where}.`;
}

/** The lines of a file without their ends, one chunk in memory at a time; returns `gone` when there is no such file. */
function* readLines(file: string): Generator<string, 'read' | 'gone'> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return 'gone';
    throw notReadable(thrown);
  }
  try {
    let rest = Buffer.alloc(0);
    const chunk = Buffer.alloc(chunkBytes);
    for (;;) {
      const length = readChunk(handle, chunk);
      const data = Buffer.concat([rest, chunk.subarray(0, length)]);
      let from = 0;
      for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, from)) {
        yield data.toString('utf8', from, end);
        from = end + 1;
      }
      rest = data.subarray(from);
      if (rest.length > longestLine) throw new BrokenSpill('a line is too long');
      if (length > 0) continue;
      if (rest.length > 0) yield rest.toString('utf8');
      return 'read';
    }
  } finally {
    closeSync(handle);
  }
}

function readChunk(handle: number, chunk: Buffer): number {
  try {
    return readSync(handle, chunk);
  } catch (thrown) {
    throw notReadable(thrown);
  }
}

/** Not the file's own fault: it may be readable another time. */
function notReadable(thrown: unknown): CrosstalkError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CrosstalkError({ kind: 'unavailable', code: 'spill_unreadable', message });
}
