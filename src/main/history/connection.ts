/** The application's end of the database worker: starts it, asks it, and starts it again should it ever die. */
import { Worker } from 'node:worker_threads';
import type { z } from 'zod';
import type { AppError, Result } from '#contract/errors';
import { fail, ok, toAppError } from '#contract/errors';
import { entry } from '../entries.ts';
import type { DatabaseCall, DatabaseCallName, ToDatabase } from './database/messages.ts';
import { FromDatabase } from './database/messages.ts';

export interface ConnectionOptions {
  /** Path of the database file, or `:memory:`. */
  file: string;
  maxPages?: number | null;
  lockWaitMs?: number;
  /** File of the worker; the built-in one by default. */
  workerEntry?: string;
}

export interface ConnectionEvents {
  onChanged(): void;
  onSlow(name: string, ms: number): void;
}

/** How long the worker may take to open the file: longer than it waits for another program's lock. */
const bootMs = 20_000;
/** A worker that dies again is not started more often than this. */
const restartAfterMs = 5000;

type Boot = { worker: Worker; ready: Promise<Result<void>> };

/** One database worker. `ask` never rejects. */
export class DatabaseConnection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #pending = new Map<number, (reply: Result<unknown>) => void>();
  #boot: Boot;
  #bootedAt = 0;
  #nextId = 1;
  /** Why the worker is gone; null while it runs. */
  #gone: AppError | null = null;
  #mayRestart = false;
  #closed = false;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#boot = this.#start();
  }

  /** Whether the file could be opened, and if not, why. */
  async opened(): Promise<Result<void>> {
    const result = await this.#boot.ready;
    this.#mayRestart = result.ok;
    return result;
  }

  /** Asks the worker. Fails with the worker's own reason, or with the reason why there is no worker. */
  async ask<N extends DatabaseCallName, I extends z.ZodType, O extends z.ZodType>(
    call: DatabaseCall<N, I, O>,
    input: z.input<I>,
  ): Promise<Result<z.output<O>>> {
    if (this.#closed) return fail('unavailable', 'history_closed', 'The history is closed.');
    if (this.#gone !== null && this.#mayRestart && Date.now() - this.#bootedAt > restartAfterMs) {
      this.#boot = this.#start();
    }
    const ready = await this.#boot.ready;
    if (!ready.ok) return ready;
    if (this.#gone !== null) return { ok: false, error: this.#gone };
    const id = this.#nextId++;
    const reply = await new Promise<Result<unknown>>((resolve) => {
      this.#pending.set(id, resolve);
      this.#post({ type: 'request', id, name: call.name, input });
    });
    if (!reply.ok) return reply;
    const parsed = call.output.safeParse(reply.value);
    if (parsed.success) return ok(parsed.data);
    return fail('internal', 'unreadable_history', `What the history holds cannot be read (${call.name}).`, {
      detail: parsed.error.message,
    });
  }

  /** Ends the worker once everything asked before is answered. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#boot.ready;
    if (this.#gone !== null) return;
    const ended = new Promise<void>((resolve) => this.#boot.worker.once('exit', () => resolve()));
    this.#post({ type: 'close' });
    await ended;
  }

  #post(message: ToDatabase): void {
    this.#boot.worker.postMessage(message);
  }

  #start(): Boot {
    this.#gone = null;
    this.#bootedAt = Date.now();
    const worker = new Worker(this.#options.workerEntry ?? entry('database'), { name: 'database' });
    const ready = new Promise<Result<void>>((resolve) => {
      const late = setTimeout(() => {
        const error: AppError = {
          kind: 'unavailable',
          code: 'database_silent',
          message: `The history did not open within ${bootMs / 1000} s; restart Crosstalk to try again.`,
        };
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
    } satisfies ToDatabase);
    return { worker, ready };
  }

  #receive(worker: Worker, message: FromDatabase, settle: (result: Result<void>) => void): void {
    switch (message.type) {
      case 'ready':
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
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(reply);
  }

  /** The first reason stays: what follows it is only its consequence. */
  #lost(worker: Worker, error: AppError): void {
    // An older worker's end says nothing about the one that runs now.
    if (this.#boot.worker !== worker) return;
    this.#gone ??= error;
    for (const resolve of this.#pending.values()) resolve({ ok: false, error: this.#gone });
    this.#pending.clear();
  }
}
