import { availableParallelism } from 'node:os';
import { CrosstalkError } from '#contract/errors';
import { defaultWorkers } from '#contract/machine';
import { ThreadPool, type EngineThread } from './coordinator/pool.ts';
import { RunCoordinator } from './coordinator/runCoordinator.ts';
import type { RunPlan } from './plan.ts';
import type { Engine, EngineRun, RunListener } from './run.ts';

function prepare(thread: EngineThread, plan: RunPlan, worker: number): Promise<void> {
  return new Promise((resolve, reject) => {
    thread.listener = (message) => {
      if (message.type === 'ready') resolve();
      else if (message.type === 'boot_error' || message.type === 'crashed') {
        reject(
          new CrosstalkError({
            kind: 'internal',
            code: 'engine_prepare',
            message: `The engine could not prepare the run: ${message.message}`,
            detail: message.detail,
          }),
        );
      }
    };
    thread.send({ type: 'prepare', plan, worker });
  });
}

/**
 * The load generator. `workerEntry` is the absolute path of `worker/entry`. Threads are kept from run to run; runs go
 * one at a time, because two at once would disturb each other's measuring.
 */
export function createEngine(options: { workerEntry: string }): Engine {
  const pool = new ThreadPool(options.workerEntry);
  let busy = false;
  return {
    async start(plan: RunPlan, listener: RunListener): Promise<EngineRun> {
      if (busy) {
        throw new CrosstalkError({
          kind: 'conflict',
          code: 'run_in_progress',
          message:
            'A run is in progress; two at once would disturb each other. Stop it or wait until it has ended.',
        });
      }
      busy = true;
      try {
        const threads = await pool.take(plan.workers ?? defaultWorkers(availableParallelism()));
        await Promise.all(threads.map((thread, i) => prepare(thread, plan, i)));
        const run = new RunCoordinator(plan, threads, listener);
        void run.finished.then(() => {
          busy = false;
        });
        return run;
      } catch (error) {
        busy = false;
        throw error;
      }
    },
    close: () => pool.close(),
  };
}
