/** Rows of data for requests, from JSON and CSV files. */
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { compile } from 'json-p3';
import { z } from 'zod';
import { fail, ok, type Result } from '#contract/errors';
import { describeValue } from '#contract/scenario/explain';
import type { Feed } from '#contract/scenario/request';
import { sizeOfFile, unreadable } from './files.ts';

const mebibyte = 1024 * 1024;
/** Every engine thread has a copy of the rows. */
export const largestFeedBytes = 64 * mebibyte;

export type FeedRow = Record<string, unknown>;
const Row = z.record(z.string(), z.unknown());

function wrong(message: string): Result<never> {
  return fail('invalid_input', 'invalid_feed', message);
}

/** What is wrong with a JSON path, as the end of a sentence; null: nothing. */
export function jsonPathProblem(path: string): string | null {
  try {
    compile(path);
    return null;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/\s+/g, ' ').replace(/\.$/, '') : '';
    return `${JSON.stringify(path)} is not a JSON path${why === '' ? '' : `: ${why}`}`;
  }
}

/** Why a text is no JSON, with the line where that is known; without a piece of the text: rows may hold passwords. */
function notJson(text: string, source: string, thrown: unknown): string {
  const said = thrown instanceof Error ? thrown.message.replace(/\s+/g, ' ') : '';
  const position = / at position (\d+)/.exec(said)?.[1];
  const why = said.replace(/(, \.*".*)? (is not valid JSON|in JSON at position \d+.*)$/, '');
  const before = position === undefined ? null : text.slice(0, Number(position)).split('\n');
  const place = before === null ? '' : `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return `${source}${place} is not valid JSON${why === '' ? '' : `: ${why.charAt(0).toLowerCase()}${why.slice(1)}`}`;
}

/** What an entry is, without its value. */
function kindOf(entry: unknown): string {
  return typeof entry === 'string' ? 'text' : typeof entry === 'number' ? 'a number' : describeValue(entry);
}

/** The rows of JSON. `source` names it in messages. */
export function rowsOfJson(text: string, at: string | undefined, source: string): Result<FeedRow[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return wrong(notJson(text, source, thrown));
  }
  if (at !== undefined) {
    const problem = jsonPathProblem(at);
    if (problem !== null) return wrong(problem);
    const found: unknown[] = compile(at).query(jsonValue.parse(value)).values();
    if (found.length === 0) return wrong(`${source} has nothing at ${at}`);
    // A path of one place names the array; one of many its rows.
    value = found.length === 1 ? found[0] : found;
  }
  if (!Array.isArray(value)) {
    const place = at === undefined ? source : `${source} at ${at}`;
    const advice = at === undefined ? '; "at" says where in the file it stands' : '';
    return wrong(`${place} must be an array of objects, not ${kindOf(value)}${advice}`);
  }
  const rows: FeedRow[] = [];
  for (const [i, entry] of value.entries()) {
    const row = Array.isArray(entry) ? { success: false as const } : Row.safeParse(entry);
    if (!row.success) return wrong(`entry ${i + 1} of ${source} is ${kindOf(entry)}; each must be an object`);
    rows.push(row.data);
  }
  return rows.length === 0 ? wrong(`${source} has no rows`) : ok(rows);
}

const jsonValue = z.json();

/** The rows of CSV with a header; separated by commas, semicolons or tabs (what its header has). */
export function rowsOfCsv(text: string, source: string): Result<FeedRow[]> {
  const head = /^[^\r\n]*/.exec(text.replace(/^\uFEFF/, ''))?.[0] ?? '';
  const delimiter = [',', ';', '\t'].find((sign) => head.includes(sign)) ?? ',';
  let lines: string[][];
  try {
    const read: unknown = parse(text, { bom: true, delimiter, skip_empty_lines: true, trim: true });
    lines = z.array(z.array(z.string())).parse(read);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/\s+/g, ' ') : '';
    return wrong(`${source} is not valid CSV: ${why}`);
  }
  const [names = [], ...records] = lines;
  if (names.length === 0) return wrong(`${source} is empty; its first line must name the columns`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return wrong(`${source} has the column ${JSON.stringify(twice)} twice`);
  if (names.includes('')) return wrong(`${source} has a column without a name in its first line`);
  if (records.length === 0) return wrong(`${source} has no rows under its header`);
  return ok(records.map((record) => Object.fromEntries(names.map((name, i) => [name, record[i] ?? '']))));
}

/** The rows of a feed's file. Errors are ends of sentences. */
export async function readFeed(path: string, { at }: Pick<Feed, 'at'>): Promise<Result<FeedRow[]>> {
  const size = await sizeOfFile(path, largestFeedBytes, 'data');
  if (!size.ok) return size;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return wrong(`${path} is not text in UTF-8; save it as UTF-8`);
    return unreadable(path, thrown);
  }
  const isCsv = /\.(csv|tsv)$/i.test(path) || !/^\s*[[{]/.test(text.replace(/^\uFEFF/, ''));
  if (!isCsv || /\.json$/i.test(path)) return rowsOfJson(text.replace(/^\uFEFF/, ''), at, path);
  return at === undefined
    ? rowsOfCsv(text, path)
    : wrong(`${path} is CSV, which has no JSON path; remove "at"`);
}
