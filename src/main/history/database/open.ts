/** Opens the database file and brings its schema up to date. */
import { closeSync, existsSync, openSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import SQLite from 'better-sqlite3';
import { CrosstalkError } from '#contract/errors';
import { migrations } from './migrations/index.ts';

export interface OpenOptions {
  file: string;
  maxPages: number | null;
  lockWaitMs: number;
  /** How long opening waits for other programs to let go of the file, ms. */
  openWaitMs?: number;
}

/** How long the program's start waits for other programs to let go of the file. */
export const startWaitMs = 5000;

/** The history is nobody else's business, whatever the folder allows; SQLite gives its side files the same mode. */
function keepPrivate(file: string): void {
  if (file === ':memory:' || existsSync(file)) return;
  closeSync(openSync(file, 'a', 0o600));
}

/** Opens `file` (`:memory:` for none). Throws a `CrosstalkError` when it was written by a newer version, SQLite's own error otherwise. */
export function openDatabase(options: OpenOptions): Database {
  keepPrivate(options.file);
  const db = new SQLite(options.file, { timeout: options.openWaitMs ?? startWaitMs });
  try {
    // Only takes effect while the file is still empty: space of removed runs can then be given back. Later it would only
    // need a write lock, and so wait for whoever writes.
    if (schemaVersion(db) === 0) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    db.pragma('journal_size_limit = 16777216');
    migrate(db, options.file);
    db.pragma(`busy_timeout = ${options.lockWaitMs}`);
    if (options.maxPages !== null) db.pragma(`max_page_count = ${options.maxPages}`);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Applies the steps that are missing, all or none, while nobody else can look at the file. */
export function migrate(db: Database, file: string, steps: readonly string[] = migrations): void {
  const found = schemaVersion(db);
  if (found === steps.length) return;
  refuseNewer(found, steps.length, file);
  db.exec('BEGIN EXCLUSIVE');
  try {
    // Another process may have done it while this one waited.
    const version = schemaVersion(db);
    refuseNewer(version, steps.length, file);
    for (const step of steps.slice(version)) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

function refuseNewer(found: number, known: number, file: string): void {
  if (found <= known) return;
  throw new CrosstalkError({
    kind: 'refused',
    code: 'newer_history',
    message: `The history in ${file} was written by a newer version of Crosstalk (schema ${found}, this one reads up to ${known}): update Crosstalk, or set CROSSTALK_HOME to another folder.`,
  });
}
