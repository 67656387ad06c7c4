/** Files on their way in: in pieces, into a folder that nobody else may read and that is gone afterwards. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { diskReason } from '../diskReason.ts';
import { mostBytes, mostFiles, type ResultFile } from './files.ts';
import type { Understood } from './understand.ts';
import { formatSize } from './words.ts';

const mostAtOnce = 4;
const silenceMs = 30 * 60_000;
const largestPiece = 1024 * 1024;

interface Incoming {
  name: string;
  bytes: number;
  path: string;
  received: number;
  handle: FileHandle;
}

/** One import that has begun. */
export interface Intake {
  id: string;
  folder: string;
  files: Incoming[];
  /** Ends whatever goes on with it. */
  cancel: AbortController;
  /** What was found when it was looked at. */
  understood: Understood | null;
  timer: NodeJS.Timeout;
  /** The last thing that was begun with it. */
  last: Promise<unknown>;
}

function gone(): Result<never> {
  return fail(
    'not_found',
    'unknown_import',
    'This import is not going on any more: it was finished, cancelled, or nothing of it came for half an hour. Choose the files again.',
  );
}

function refused(what: string, thrown: unknown): Result<never> {
  return fail('unavailable', 'disk_refused', `${what}: ${diskReason(thrown)}.`);
}

/** Imports of this process. Calls of one take their turn. */
export class Intakes {
  readonly #intakes = new Map<string, Intake>();
  readonly #folder: string;
  #beginning = 0;

  constructor(folder = tmpdir()) {
    this.#folder = folder;
  }

  /** Errors: `too_many_imports`, `too_many_files`, `too_large`, `disk_refused`. */
  async begin(files: readonly { name: string; bytes: number }[]): Promise<Result<{ id: string }>> {
    if (this.#intakes.size + this.#beginning >= mostAtOnce)
      return fail(
        'refused',
        'too_many_imports',
        `${mostAtOnce} imports are going on already; wait until one of them has finished.`,
      );
    if (files.length > mostFiles)
      return fail(
        'invalid_input',
        'too_many_files',
        `${files.length} files were chosen; at most ${mostFiles} belong to one run.`,
      );
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > mostBytes)
      return fail(
        'invalid_input',
        'too_large',
        `The files have ${formatSize(total)}; at most ${formatSize(mostBytes)} are imported at once.`,
      );
    this.#beginning++;
    let folder: string | null = null;
    const incoming: Incoming[] = [];
    try {
      folder = await mkdtemp(join(this.#folder, 'crosstalk-import-'));
      for (const [index, { name, bytes }] of files.entries()) {
        const path = join(folder, `file-${index}`);
        incoming.push({ name, bytes, path, received: 0, handle: await open(path, 'wx', 0o600) });
      }
      const id = randomBytes(16).toString('hex');
      const timer = setTimeout(() => void this.cancel(id), silenceMs);
      timer.unref();
      this.#intakes.set(id, {
        id,
        folder,
        files: incoming,
        cancel: new AbortController(),
        understood: null,
        timer,
        last: Promise.resolve(),
      });
      return ok({ id });
    } catch (thrown) {
      for (const { handle } of incoming) await handle.close().catch(() => undefined);
      if (folder !== null) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      return refused('The files cannot be taken in', thrown);
    } finally {
      this.#beginning--;
    }
  }

  /** `data`: base64 of at most 1 MB. Errors: `unknown_import`, `upload_broken`, `disk_refused`. */
  add(id: string, index: number, data: string): Promise<Result<void>> {
    return this.inTurn(id, async (intake) => {
      const file = intake.files[index];
      if (file === undefined)
        return fail('invalid_input', 'upload_broken', `This import has no file ${index + 1}.`);
      const piece = Buffer.from(data, 'base64');
      const whole = piece.toString('base64').replace(/=+$/, '') === data.replace(/=+$/, '');
      if (!whole || piece.length > largestPiece || file.received + piece.length > file.bytes)
        return fail(
          'invalid_input',
          'upload_broken',
          `${file.name} did not arrive as it was announced. Choose it again; has it changed meanwhile?`,
        );
      try {
        for (let at = 0; at < piece.length;)
          at += (await file.handle.write(piece, at, piece.length - at, file.received + at)).bytesWritten;
        file.received += piece.length;
        return ok(undefined);
      } catch (thrown) {
        return refused(`${file.name} cannot be taken in`, thrown);
      }
    });
  }

  /** The files of an import, once all of them are whole. */
  filesOf(intake: Intake): Result<ResultFile[]> {
    const part = intake.files.find(({ received, bytes }) => received < bytes);
    if (part !== undefined)
      return fail(
        'invalid_input',
        'upload_incomplete',
        `${part.name} arrived only in part (${formatSize(part.received)} of ${formatSize(part.bytes)}); choose it again.`,
      );
    return ok(intake.files.map(({ name, path, bytes }) => ({ name, path, bytes })));
  }

  /** Does something with an import once what was begun before is done. */
  inTurn<T>(id: string, work: (intake: Intake) => Promise<Result<T>>): Promise<Result<T>> {
    const intake = this.#intakes.get(id);
    if (intake === undefined) return Promise.resolve(gone());
    intake.timer.refresh();
    const done = intake.last.then(() => (this.#intakes.has(id) ? work(intake) : gone()));
    intake.last = done.catch(() => undefined);
    return done;
  }

  /** Ends an import; what has arrived is removed. Nothing to do is no error. */
  async cancel(id: string): Promise<void> {
    const intake = this.#intakes.get(id);
    if (intake === undefined) return;
    intake.cancel.abort();
    await intake.last;
    await this.drop(intake);
  }

  /** Removes its files. */
  async drop(intake: Intake): Promise<void> {
    if (!this.#intakes.delete(intake.id)) return;
    clearTimeout(intake.timer);
    for (const { handle } of intake.files) await handle.close().catch(() => undefined);
    await rm(intake.folder, { recursive: true, force: true }).catch(() => undefined);
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#intakes.keys()].map((id) => this.cancel(id)));
  }
}
