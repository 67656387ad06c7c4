/** SQLite's failures in the operator's words. */
import SQLite from 'better-sqlite3';
import type { AppError } from '#contract/errors';
import { toAppError } from '#contract/errors';

const words: [prefix: string, message: string][] = [
  ['SQLITE_FULL', 'the disk is full'],
  ['SQLITE_BUSY', 'another program holds the database locked'],
  ['SQLITE_LOCKED', 'another program holds the database locked'],
  ['SQLITE_READONLY', 'the database is read-only'],
  ['SQLITE_CANTOPEN', 'the database file cannot be opened'],
  ['SQLITE_IOERR', 'the disk reports an error'],
  ['SQLITE_PERM', 'permission denied'],
  ['SQLITE_NOMEM', 'there is not enough memory'],
];

/** What was thrown as an `AppError`. Kind `unavailable` says that trying again later may help; `code` is SQLite's own. */
export function databaseFailure(thrown: unknown): AppError {
  if (!(thrown instanceof SQLite.SqliteError)) return toAppError(thrown, 'database_failed');
  const detail = `${thrown.code}: ${thrown.message}`;
  if (thrown.code.startsWith('SQLITE_CORRUPT') || thrown.code === 'SQLITE_NOTADB') {
    return { kind: 'internal', code: thrown.code, message: 'the database file is damaged', detail };
  }
  const known = words.find(([prefix]) => thrown.code.startsWith(prefix));
  return known === undefined
    ? { kind: 'internal', code: thrown.code, message: thrown.message, detail }
    : { kind: 'unavailable', code: thrown.code, message: known[1], detail };
}

/** Whether opening the file may succeed when it is simply tried again. */
export function mayOpenLater(error: AppError): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL)/.test(error.code);
}
