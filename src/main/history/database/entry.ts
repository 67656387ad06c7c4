/** The database worker: the one thread that has the history's file open. */
import type { Database } from 'better-sqlite3';
import { parentPort } from 'node:worker_threads';
import type { z } from 'zod';
import type { AppError } from '#contract/errors';
import { CrosstalkError, toAppError } from '#contract/errors';
import type { DatabaseCall, DatabaseCallName, FromDatabase } from './messages.ts';
import { databaseCalls, ToDatabase } from './messages.ts';

const slowMs = 40;
const tickMs = 1000;
/** Whether other processes still live is looked up less often than whether they wrote. */
const ticksPerOwnerCheck = 5;

type Handler = (input: unknown) => unknown;

interface OpenHistory {
  handlers: Record<DatabaseCallName, Handler>;
  failure: (thrown: unknown) => AppError;
  close: () => void;
}

function send(message: FromDatabase): void {
  parentPort?.postMessage(message);
}

function answer<N extends string, I extends z.ZodType, O extends z.ZodType>(
  definition: DatabaseCall<N, I, O>,
  handle: (input: z.output<I>) => unknown,
): Handler {
  return (input) => handle(definition.input.parse(input));
}

/** Everything that needs SQLite is loaded here, so that a missing or broken binary is reported like any other failure to start. */
async function open(hello: Extract<ToDatabase, { type: 'hello' }>): Promise<OpenHistory> {
  const { openDatabase } = await import('./open.ts');
  const { databaseFailure } = await import('./failures.ts');
  const { RunReader } = await import('./read.ts');
  const { RunWriter } = await import('./write.ts');
  const { thisProcess } = await import('./owner.ts');

  let db: Database;
  try {
    db = openDatabase(hello);
  } catch (thrown) {
    throw new CrosstalkError(databaseFailure(thrown));
  }
  const reader = new RunReader(db);
  const writer = new RunWriter(db, thisProcess());
  const timer = watch(db, reader, writer, hello.lockWaitMs);
  return {
    handlers: {
      write: answer(databaseCalls.write, ({ runId, items }) => writer.write(runId, items)),
      list: answer(databaseCalls.list, ({ limit }) => reader.list(limit)),
      get: answer(databaseCalls.get, ({ runId }) => reader.get(runId)),
      samples: answer(databaseCalls.samples, ({ runId }) => reader.samples(runId)),
      turns: answer(databaseCalls.turns, (query) => reader.turns(query)),
      calls: answer(databaseCalls.calls, ({ runId, offset, limit }) => reader.calls(runId, offset, limit)),
      errors: answer(databaseCalls.errors, ({ runId }) => reader.errors(runId)),
      histograms: answer(databaseCalls.histograms, ({ runId }) => reader.histograms(runId)),
      remove: answer(databaseCalls.remove, ({ runId }) => reader.remove(runId)),
    },
    failure: databaseFailure,
    close: () => {
      clearInterval(timer);
      db.close();
    },
  };
}

interface Watched {
  settleCutOff(): boolean;
}

/** Once a second: a sign of life for this process's runs, and a look at what other processes did. */
function watch(
  db: Database,
  reader: Watched,
  writer: { heartbeat(): void },
  lockWaitMs: number,
): NodeJS.Timeout {
  let version: unknown = db.pragma('data_version', { simple: true });
  let ticks = 0;
  return setInterval(() => {
    // Nobody waits for this: a lock held by another program must not hold up the requests behind it.
    db.pragma('busy_timeout = 0');
    try {
      writer.heartbeat();
      const found: unknown = db.pragma('data_version', { simple: true });
      const died = ++ticks % ticksPerOwnerCheck === 0 && reader.settleCutOff();
      if (died || found !== version) send({ type: 'changed' });
      version = found;
    } catch {
      // The next request meets the same failure and reports it.
    } finally {
      db.pragma(`busy_timeout = ${lockWaitMs}`);
    }
  }, tickMs);
}

function handle(history: OpenHistory, request: Extract<ToDatabase, { type: 'request' }>): void {
  const started = performance.now();
  try {
    send({ type: 'answer', id: request.id, value: history.handlers[request.name](request.input) });
  } catch (thrown) {
    send({ type: 'failure', id: request.id, error: history.failure(thrown) });
  }
  const ms = performance.now() - started;
  if (ms > slowMs) send({ type: 'slow', name: request.name, ms });
}

function run(port: NonNullable<typeof parentPort>): void {
  let history: OpenHistory | null = null;
  port.on('message', (raw: unknown) => {
    const message = ToDatabase.parse(raw);
    switch (message.type) {
      case 'hello':
        open(message).then(
          (opened) => {
            history = opened;
            send({ type: 'ready' });
          },
          (thrown: unknown) => {
            send({ type: 'boot_error', error: toAppError(thrown, 'database_failed') });
            port.close();
          },
        );
        break;
      case 'request':
        if (history !== null) handle(history, message);
        break;
      case 'close':
        history?.close();
        port.close();
        break;
    }
  });
}

if (parentPort !== null) run(parentPort);
