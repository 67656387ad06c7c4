/** The application's end of the database worker: starts it, asks it, and starts it again should it ever die. */
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import type { AppError, Result } from '#contract/errors';
import { fail, ok, toAppError } from '#contract/errors';
import { keepWasmWrappers } from '#engine/wasmWrappers';
import { entry } from '../entries.ts';
import type { DatabaseCall, DatabaseCallName, ToDatabase } from './database/messages.ts';
import { FromDatabase } from './database/messages.ts';
import { settlesWithin } from '../settlesWithin.ts';

export interface ConnectionOptions {
  /** Path of the database file, or `:memory:`. */
  file: string;
  maxPages?: number | null;
  lockWaitMs?: number;
  /** A file that is locked or has no room when it is opened is tried again until it can be. */
  keepTrying?: boolean;
  /** A request that takes longer counts as failed; nothing more is asked until the worker says something again. */
  answerMs?: number;
  /** How long the worker may take to say whether the file can be opened. */
  bootMs?: number;
  /** File of the worker; the built-in one by default. */
  workerEntry?: string;
}

export interface ConnectionEvents {
  onChanged(): void;
  onSlow(name: string, ms: number): void;
}

const defaultAnswerMs = 15_000;
/** How long the end waits for the worker to let go of the file, then for the worker itself. */
const closeMs = { file: 2000, worker: 500 };

/** How long the worker may take to open the file: longer than it waits for another program's lock. */
const defaultBootMs = 20_000;
/** A worker that dies again is not started more often than this. */
const restartAfterMs = 5000;

interface Boot {
  worker: Worker;
  /** Settles once requests are answered, be it with a failure; fails when there is no worker. */
  ready: Promise<Result<void>>;
  exited: Promise<unknown>;
}

interface Pending {
  resolve: (reply: Result<unknown>) => void;
  late: NodeJS.Timeout;
}

/** One database worker. `ask` never rejects. */
export class DatabaseConnection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #pending = new Map<number, Pending>();
  #boot: Boot;
  #bootedAt = 0;
  #nextId = 1;
  /** Why the worker is gone; null while it runs. */
  #gone: AppError | null = null;
  #mayRestart = false;
  /** Why the file is not open yet; null once it is. */
  #waiting: AppError | null = null;
  /** What could not be taken in when the file was opened. */
  #problems: readonly string[] = [];
  /** The worker let a request wait for too long and has not been heard of since. */
  #stalled = false;
  #workerRuns = false;
  #closed = false;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#boot = this.#start();
  }

  /** Whether the file could be opened or is waited for, and if not, why. */
  async opened(): Promise<Result<void>> {
    const result = await this.#boot.ready;
    this.#mayRestart = result.ok;
    return result;
  }

  /** Why the file is not open yet although it is tried again and again; null once it is. */
  get waiting(): AppError | null {
    return this.#waiting;
  }

  /** A sentence for each waiting part of a run that could not be taken in. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Asks the worker. Fails with the worker's own reason, or with the reason why there is no worker. */
  async ask<N extends DatabaseCallName, I extends z.ZodType, O extends z.ZodType>(
    call: DatabaseCall<N, I, O>,
    input: z.input<I>,
  ): Promise<Result<z.output<O>>> {
    if (this.#closed) return fail('unavailable', 'history_closed', 'The history is closed.');
    if (this.#mayRestart && !this.#workerRuns && Date.now() - this.#bootedAt > restartAfterMs) {
      this.#boot = this.#start();
    }
    const ready = await this.#boot.ready;
    // Whatever keeps the file from being opened again is no fault of what is asked.
    if (!ready.ok) return { ok: false, error: { ...ready.error, kind: 'unavailable' } };
    if (this.#gone !== null) return { ok: false, error: this.#gone };
    if (this.#stalled) return this.#silent();
    const id = this.#nextId++;
    const reply = await new Promise<Result<unknown>>((resolve) => {
      const late = setTimeout(() => {
        this.#stalled = true;
        this.#reply(id, this.#silent());
      }, this.#options.answerMs ?? defaultAnswerMs);
      this.#pending.set(id, { resolve, late });
      this.#post({ type: 'request', id, name: call.name, input });
    });
    if (!reply.ok) return reply;
    const parsed = call.output.safeParse(reply.value);
    if (parsed.success) return ok(parsed.data);
    return fail('internal', 'unreadable_history', `What the history holds cannot be read (${call.name}).`, {
      detail: parsed.error.message,
    });
  }

  /** Ends the worker, once everything asked before is answered if that does not take too long. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#workerRuns) return;
    const { worker, exited } = this.#boot;
    this.#post({ type: 'close' });
    if (await settlesWithin(exited, closeMs.file)) return;
    // A worker that waits for the disk may not even end when it is told to.
    await settlesWithin(worker.terminate(), closeMs.worker);
    this.#lost(worker, { kind: 'unavailable', code: 'history_closed', message: 'The history is closed.' });
  }

  #silent(): Result<never> {
    const seconds = (this.#options.answerMs ?? defaultAnswerMs) / 1000;
    return fail(
      'unavailable',
      'database_stalled',
      `the database has not answered for ${seconds} s (the disk may be stalled)`,
    );
  }

  #post(message: ToDatabase): void {
    this.#boot.worker.postMessage(message);
  }

  #start(): Boot {
    this.#gone = null;
    this.#waiting = null;
    this.#stalled = false;
    this.#workerRuns = true;
    this.#bootedAt = Date.now();
    const bootMs = this.#options.bootMs ?? defaultBootMs;
    keepWasmWrappers();
    const worker = new Worker(this.#options.workerEntry ?? entry('database'), { name: 'database' });
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const ready = new Promise<Result<void>>((resolve) => {
      const late = setTimeout(() => {
        const error: AppError = {
          kind: 'unavailable',
          code: 'database_silent',
          message: `it did not open within ${bootMs / 1000} s (the disk may be stalled)`,
        };
        if (this.#options.keepTrying === true) {
          this.#waiting = error;
          this.#stalled = true;
          resolve(ok(undefined));
          return;
        }
        this.#lost(worker, error);
        resolve({ ok: false, error });
        void worker.terminate();
      }, bootMs);
      const settle = (result: Result<void>) => {
        clearTimeout(late);
        resolve(result);
      };
      worker.on('message', (raw: unknown) => {
        const parsed = FromDatabase.safeParse(raw);
        if (parsed.success) this.#receive(worker, parsed.data, settle);
      });
      worker.on('error', (thrown) => {
        const cause = toAppError(thrown, 'database_worker_failed');
        this.#lost(worker, cause);
        settle({ ok: false, error: cause });
      });
      worker.on('exit', (code) => {
        if (this.#boot.worker === worker) this.#workerRuns = false;
        this.#lost(worker, {
          kind: 'unavailable',
          code: 'database_worker_ended',
          message: `The history's worker ended unexpectedly (code ${code}).`,
        });
        settle({
          ok: false,
          error: this.#gone ?? { kind: 'internal', code: 'database_worker_ended', message: 'ended' },
        });
      });
    });
    worker.postMessage({
      type: 'hello',
      file: this.#options.file,
      maxPages: this.#options.maxPages ?? null,
      lockWaitMs: this.#options.lockWaitMs ?? 1000,
      keepTrying: this.#options.keepTrying ?? false,
    } satisfies ToDatabase);
    return { worker, ready, exited };
  }

  #receive(worker: Worker, message: FromDatabase, settle: (result: Result<void>) => void): void {
    this.#stalled = false;
    switch (message.type) {
      case 'ready': {
        const waited = this.#waiting !== null;
        this.#waiting = null;
        this.#problems = message.problems;
        settle(ok(undefined));
        if (waited) this.#events.onChanged();
        break;
      }
      case 'waiting':
        this.#waiting = message.error;
        settle(ok(undefined));
        break;
      case 'boot_error':
        this.#lost(worker, message.error);
        settle({ ok: false, error: message.error });
        break;
      case 'answer':
        this.#reply(message.id, ok(message.value));
        break;
      case 'failure':
        this.#reply(message.id, { ok: false, error: message.error });
        break;
      case 'changed':
        this.#events.onChanged();
        break;
      case 'slow':
        this.#events.onSlow(message.name, message.ms);
        break;
    }
  }

  #reply(id: number, reply: Result<unknown>): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.late);
    pending.resolve(reply);
  }

  /** The first reason stays: what follows it is only its consequence. */
  #lost(worker: Worker, error: AppError): void {
    // An older worker's end says nothing about the one that runs now.
    if (this.#boot.worker !== worker) return;
    this.#gone ??= error;
    for (const id of [...this.#pending.keys()]) this.#reply(id, { ok: false, error: this.#gone });
  }
}
