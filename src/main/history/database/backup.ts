/** A consistent copy of the history's file, made a bit at a time while runs are written. */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import SQLite from 'better-sqlite3';
import type { AppError } from '#contract/errors';
import { CrosstalkError } from '#contract/errors';

/** Pages (of 4 KB) copied between two looks at what else is asked for. */
const pagesAtOnce = 256;

export type BackupState =
  { state: 'working'; done: number } | { state: 'finished' } | { state: 'failed'; error: AppError };

class Cancelled extends Error {}

/** Copies of one database, one at a time. */
export class Backups {
  readonly #db: Database;
  readonly #file: string;
  readonly #failureOf: (thrown: unknown) => AppError;
  #state: BackupState | null = null;
  #cancelled = false;

  constructor(db: Database, file: string, failureOf: (thrown: unknown) => AppError) {
    this.#db = db;
    this.#file = file;
    this.#failureOf = failureOf;
  }

  /** Throws when the file is there, or when a copy is being made. */
  begin(file: string): void {
    if (this.#state?.state === 'working') {
      throw new CrosstalkError({
        kind: 'conflict',
        code: 'backup_in_progress',
        message: 'A copy of the history is being made already: wait for it, or cancel it.',
      });
    }
    if (existsSync(file)) throw isThere(file);
    this.#state = { state: 'working', done: 0 };
    this.#cancelled = false;
    void this.#copy(file).then((state) => {
      this.#state = state;
    });
  }

  /** Asked when it is over, it is forgotten. */
  state(): BackupState {
    const state = this.#state ?? { state: 'failed', error: noBackup };
    if (state.state !== 'working') this.#state = null;
    return state;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  async #copy(file: string): Promise<BackupState> {
    const aside = `${file}.part-${process.pid}`;
    let source: Database | null = null;
    try {
      // For nobody else's eyes, like the history itself.
      closeSync(openSync(aside, 'wx', 0o600));
      source = this.#snapshot();
      await (source ?? this.#db).backup(aside, {
        progress: ({ totalPages, remainingPages }) => {
          if (this.#cancelled) throw new Cancelled();
          const done = totalPages === 0 ? 0 : 1 - remainingPages / totalPages;
          if (this.#state?.state === 'working') this.#state = { state: 'working', done };
          return pagesAtOnce;
        },
      });
      toDisk(aside);
      putInPlace(aside, file);
      return { state: 'finished' };
    } catch (thrown) {
      return { state: 'failed', error: this.#cancelled ? cancelled : this.#failureOf(thrown) };
    } finally {
      source?.close();
      for (const left of [aside, `${aside}-journal`]) removeLeft(left);
    }
  }

  /** A look at the file as it is now that other programs' writing does not disturb: they would make the copy begin again and again. */
  #snapshot(): Database | null {
    if (this.#file === ':memory:') return null;
    const source = new SQLite(this.#file, { readonly: true });
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM runs').get();
    return source;
  }
}

const cancelled: AppError = { kind: 'conflict', code: 'cancelled', message: 'The copy was cancelled.' };
const noBackup: AppError = {
  kind: 'unavailable',
  code: 'backup_lost',
  message: 'The copy of the history was interrupted: make it again.',
};

function isThere(file: string): CrosstalkError {
  return new CrosstalkError({
    kind: 'conflict',
    code: 'file_exists',
    message: `${file} is there already and is not written over: choose another name.`,
  });
}

function toDisk(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Never over a file that came to be there meanwhile, where the file system can see to that. */
function putInPlace(aside: string, file: string): void {
  try {
    linkSync(aside, file);
  } catch (thrown) {
    if (existsSync(file)) throw isThere(file);
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw thrown;
    renameSync(aside, file);
  }
}

/** Where it could not be written there is nothing to remove, and why is said already. */
function removeLeft(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A file is where its folder should be, or the folder is gone.
  }
}
