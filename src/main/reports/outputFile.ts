/**
 * A file a command writes for the operator. It is opened before anything is started, so that a path that cannot be
 * written costs nothing, and appears under its name only when complete: until then the text lies beside it.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';

const reasons: Record<string, string> = {
  ENOENT: 'its folder does not exist; create the folder or choose another path',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'you may not write there; choose another path',
  EPERM: 'you may not write there; choose another path',
  EROFS: 'that disk is read-only; choose another path',
  EISDIR: 'it is a folder; give the name of a file in it',
  ENOSPC: 'the disk is full; free some space or choose another disk',
  EDQUOT: 'your disk quota is used up; free some space or choose another disk',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
};

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

function because(thrown: unknown): string {
  return reasons[codeOf(thrown)] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}

/** What `path` finally names: links are followed, so that a report replaces the file a link points to, not the link. */
function finalPath(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}

/** One output in the making. Errors of writing are kept and reported once, by `finish`. */
export class OutputFile {
  /** As the operator gave it. */
  readonly path: string;
  /** Where it will be, links followed. */
  readonly target: string;
  readonly #aside: string;
  #descriptor: number | null;
  #failure: string | null = null;

  private constructor(path: string, target: string, aside: string, descriptor: number) {
    this.path = path;
    this.target = target;
    this.#aside = aside;
    this.#descriptor = descriptor;
  }

  /**
   * Opens an output; `what` names it in the message ("--summary"). A device or a pipe (`/dev/stdout`) is written
   * straight through, because it cannot be replaced. `mode`: who may read a file that is new.
   */
  static open(path: string, what: string, mode = 0o666): Result<OutputFile> {
    const problem = (thrown: unknown) =>
      fail<OutputFile>(
        'invalid_input',
        'output_unwritable',
        `${what} cannot be written to ${path}: ${because(thrown)}.`,
      );
    try {
      if (path.trim() === '')
        return fail('invalid_input', 'output_unwritable', `${what} needs the name of a file.`);
      const target = finalPath(path);
      const existing = statSync(target, { throwIfNoEntry: false });
      if (existing?.isDirectory()) return problem(Object.assign(new Error('a folder'), { code: 'EISDIR' }));
      if (existing !== undefined && !existing.isFile())
        return ok(new OutputFile(path, target, target, openSync(target, 'w')));
      if (existing !== undefined) closeSync(openSync(target, 'r+'));
      const aside = join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.part`);
      return ok(new OutputFile(path, target, aside, openSync(aside, 'wx', mode)));
    } catch (thrown) {
      return problem(thrown);
    }
  }

  /** Adds text or bytes. After the first failure nothing more is written. */
  write(piece: string | Uint8Array): void {
    if (this.#descriptor === null || this.#failure !== null) return;
    try {
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
      for (let at = 0; at < bytes.length;) at += writeSync(this.#descriptor, bytes, at);
    } catch (thrown) {
      this.#failure = because(thrown);
    }
  }

  /** Puts the file in its place. What was written of a failed one is removed, and an older file stays as it was. */
  finish(): Result<void> {
    if (this.#descriptor === null) return ok(undefined);
    try {
      if (this.#failure === null && this.#aside !== this.target) fsyncSync(this.#descriptor);
      this.#close();
      if (this.#failure === null && this.#aside !== this.target) renameSync(this.#aside, this.target);
    } catch (thrown) {
      this.#failure = because(thrown);
    }
    if (this.#failure === null) return ok(undefined);
    this.discard();
    return fail('unavailable', 'output_failed', `${this.path} could not be written: ${this.#failure}.`);
  }

  /** Removes what was written so far; for a run that was never started. */
  discard(): void {
    this.#close();
    if (this.#aside !== this.target) rmSync(this.#aside, { force: true });
  }

  #close(): void {
    if (this.#descriptor === null) return;
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    closeSync(descriptor);
  }
}
