/** Makes the files that tell of a run: to be fetched by a screen, or written into the workspace. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, readdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ApiHandlers, Publish } from '#contract/api/index';
import type { MadeFile, ReportKind } from '#contract/api/reports';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import type { History } from '../history/history.ts';
import { fileBase, reportWriters } from './kinds.ts';
import { OutputFile } from './outputFile.ts';
import { given, historySource, type ReportSource, type ReportWork } from './source.ts';

export interface ReportHandlerOptions {
  history: History;
  /** Where files wait to be fetched: the operator's alone, emptied when the program ends. */
  waiting: string;
  /** The workspace's folder for exports, at this moment. */
  exports: () => string;
  publish: Publish;
  /** How long a file waits to be fetched, ms. */
  keepMs?: number;
}

/** The calls, and their end. */
export interface ReportHandlers {
  handlers: ApiHandlers['reports'];
  /** Gives up what is being made, and removes what waits. */
  close(): void;
}

const keepFilesMs = 10 * 60_000;
/** Nobody waits for a file so long. */
const forgottenMs = 24 * 3_600_000;
/** A piece that is read at once: in base64 below what one message may be. */
const pieceBytes = 768 * 1024;
/** Progress is told in steps of this. */
const progressStep = 0.02;

interface Waiting {
  path: string;
  bytes: number;
  timer: NodeJS.Timeout;
}

export function createReportHandlers(options: ReportHandlerOptions): ReportHandlers {
  const maker = new ReportMaker(options);
  return {
    handlers: {
      make: ({ runId, kind }) => maker.make(runId, kind),
      read: ({ id, offset }) => maker.read(id, offset),
      discard({ ids }) {
        for (const id of ids) maker.discard(id);
        return ok(undefined);
      },
      save: ({ runId, kind }) => maker.save(runId, kind),
      cancel({ runId, kind }) {
        maker.cancel(runId, kind);
        return ok(undefined);
      },
    },
    close: () => maker.close(),
  };
}

class ReportMaker {
  readonly #options: ReportHandlerOptions;
  readonly #folder: string;
  readonly #waiting = new Map<string, Waiting>();
  #cleared = false;
  readonly #working = new Map<string, Set<AbortController>>();

  constructor(options: ReportHandlerOptions) {
    this.#options = options;
    // Two programs may share a home; each empties its own folder alone.
    this.#folder = join(options.waiting, `${process.pid}-${randomUUID().slice(0, 8)}`);
  }

  async make(runId: string, kind: ReportKind): Promise<Result<MadeFile[]>> {
    return this.#during(runId, kind, async (source, work) => {
      this.#clearOld();
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const { files } = reportWriters[kind];
      const made = files.map(({ suffix, mime }) => {
        const id = randomUUID();
        return { id, mime, name: `${fileBase(source.detail)}${suffix}`, path: join(this.#folder, id) };
      });
      await write(
        source,
        kind,
        made.map(({ path }) => path),
        work,
      );
      return made.map(({ id, mime, name, path }): MadeFile => {
        const bytes = statSync(path).size;
        const timer = setTimeout(() => this.discard(id), this.#options.keepMs ?? keepFilesMs);
        timer.unref();
        this.#waiting.set(id, { path, bytes, timer });
        return { id, name, mime, bytes };
      });
    });
  }

  read(id: string, offset: number): Result<{ data: string; next: number | null }> {
    const file = this.#waiting.get(id);
    if (file === undefined)
      return fail(
        'not_found',
        'report_gone',
        'That file is not there any more: files wait ten minutes to be fetched. Make it again.',
      );
    let descriptor: number | null = null;
    try {
      descriptor = openSync(file.path, 'r');
      const piece = Buffer.alloc(Math.max(0, Math.min(pieceBytes, file.bytes - offset)));
      const read = readSync(descriptor, piece, 0, piece.length, offset);
      const next = offset + read;
      return ok({
        data: piece.subarray(0, read).toString('base64'),
        next: next < file.bytes && read > 0 ? next : null,
      });
    } catch (thrown) {
      return { ok: false, error: toAppError(thrown, 'report_unreadable') };
    } finally {
      if (descriptor !== null) closeSync(descriptor);
    }
  }

  async save(runId: string, kind: ReportKind): Promise<Result<{ folder: string; files: string[] }>> {
    return this.#during(runId, kind, async (source, work) => {
      const base = fileBase(source.detail);
      const folder = join(this.#options.exports(), base);
      mkdirSync(folder, { recursive: true });
      const paths = reportWriters[kind].files.map(({ suffix }) => join(folder, `${base}${suffix}`));
      await write(source, kind, paths, work);
      return { folder, files: paths.map((path) => basename(path)) };
    });
  }

  cancel(runId: string, kind: ReportKind): void {
    for (const controller of this.#working.get(`${runId} ${kind}`) ?? []) controller.abort();
  }

  discard(id: string): void {
    const file = this.#waiting.get(id);
    if (file === undefined) return;
    clearTimeout(file.timer);
    this.#waiting.delete(id);
    rmSync(file.path, { force: true });
  }

  close(): void {
    for (const controllers of this.#working.values())
      for (const controller of controllers) controller.abort();
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Removes what a program left behind that ended before it could. */
  #clearOld(): void {
    if (this.#cleared) return;
    this.#cleared = true;
    const { waiting } = this.#options;
    if (!existsSync(waiting)) return;
    for (const name of readdirSync(waiting)) {
      const folder = join(waiting, name);
      const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
      if (Date.now() - changed > forgottenMs) rmSync(folder, { recursive: true, force: true });
    }
  }

  async #during<T>(
    runId: string,
    kind: ReportKind,
    make: (source: ReportSource, work: ReportWork) => Promise<T>,
  ): Promise<Result<T>> {
    const { publish, history } = this.#options;
    const key = `${runId} ${kind}`;
    const controller = new AbortController();
    const controllers = this.#working.get(key) ?? new Set<AbortController>();
    this.#working.set(key, controllers.add(controller));
    let told = 0;
    const work: ReportWork = {
      signal: controller.signal,
      progress(done) {
        if (done - told < progressStep) return;
        told = done;
        publish('reports', 'progress', { runId, kind, state: 'working', done: Math.min(1, done) });
      },
    };
    const end = (state: 'finished' | 'failed' | 'cancelled', done: number) =>
      publish('reports', 'progress', { runId, kind, state, done });
    try {
      const made = await make(await historySource(history, runId), work);
      end('finished', 1);
      return ok(made);
    } catch (thrown) {
      const error = toAppError(thrown, 'report_failed');
      end(error.code === 'cancelled' ? 'cancelled' : 'failed', told);
      return { ok: false, error };
    } finally {
      controllers.delete(controller);
      if (controllers.size === 0) this.#working.delete(key);
    }
  }
}

/** Writes a report's files, each aside until all are complete; what is not is removed. */
async function write(
  source: ReportSource,
  kind: ReportKind,
  paths: readonly string[],
  work: ReportWork,
): Promise<void> {
  const files: OutputFile[] = [];
  try {
    for (const path of paths) files.push(given(OutputFile.open(path, 'The report', 0o600)));
    await reportWriters[kind].write(source, files, work);
    for (const file of files) given(file.finish());
  } finally {
    for (const file of files) file.discard();
  }
}
