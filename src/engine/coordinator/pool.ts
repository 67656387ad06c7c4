/**
 * The engine's threads: started once and kept, because terminating workers over and over crashes some Electron
 * versions. A thread that does not start says why.
 */
import { Worker } from 'node:worker_threads';
import { CrosstalkError } from '#contract/errors';
import type { FromWorker, ToWorker } from '../messages.ts';
import { keepWasmWrappers } from '../wasmWrappers.ts';

const helloTimeoutMs = 15_000;
/**
 * What a call leaves behind frame by frame dies at once. With more room for it memory grows by tens of megabytes before
 * anything is collected; with less, collecting costs time.
 */
const youngGenerationMb = 24;

export interface EngineThread {
  send(message: ToWorker): void;
  /** Who hears this thread now; null: nobody. */
  listener: ((message: FromWorker) => void) | null;
  terminate(): Promise<void>;
}

export class ThreadPool {
  readonly #entry: string;
  #threads: EngineThread[] = [];

  /** `entry`: absolute path of the worker's file. */
  constructor(entry: string) {
    this.#entry = entry;
  }

  /** The first `count` threads, started where they are missing. Throws a `CrosstalkError` with the real cause. */
  async take(count: number): Promise<EngineThread[]> {
    while (this.#threads.length < count) this.#threads.push(await this.#start());
    return this.#threads.slice(0, count);
  }

  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((t) => t.terminate()));
  }

  #start(): Promise<EngineThread> {
    return new Promise((resolve, reject) => {
      keepWasmWrappers();
      const worker = new Worker(this.#entry, {
        resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      });
      let greeted = false;
      const thread: EngineThread = {
        send: (message) => worker.postMessage(message),
        listener: null,
        terminate: async () => {
          await worker.terminate();
        },
      };
      const refuse = (message: string, detail: string) => {
        clearTimeout(timer);
        this.#threads = this.#threads.filter((t) => t !== thread);
        if (greeted) thread.listener?.({ type: 'crashed', message, detail });
        else
          reject(
            new CrosstalkError({
              kind: 'unavailable',
              code: 'engine_boot',
              message: `The engine could not start: ${message}`,
              detail,
            }),
          );
      };
      const timer = setTimeout(() => {
        refuse(`its thread did not answer within ${helloTimeoutMs / 1000} s`, this.#entry);
        void worker.terminate();
      }, helloTimeoutMs);
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'hello') {
          greeted = true;
          clearTimeout(timer);
          resolve(thread);
        } else thread.listener?.(message);
      });
      worker.on('error', (error) =>
        refuse(
          error instanceof Error ? error.message : String(error),
          error instanceof Error ? (error.stack ?? '') : '',
        ),
      );
      worker.on('exit', (code) => {
        if (!greeted || thread.listener) refuse(`its thread ended with code ${code}`, this.#entry);
      });
    });
  }
}
