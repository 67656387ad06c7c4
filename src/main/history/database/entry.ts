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
/** From one attempt to open a file that is locked or has no room to the next. */
const tryAgainMs = 1000;

type Handler = (input: unknown) => unknown;
type Hello = Extract<ToDatabase, { type: 'hello' }>;

interface OpenHistory {
  handlers: Record<DatabaseCallName, Handler>;
  failure: (thrown: unknown) => AppError;
  /** A sentence for each waiting part of a run that could not be taken in. */
  problems: string[];
  close: () => void;
}

/** Memory in `handedOver` is not copied. */
function send(message: FromDatabase, handedOver: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, handedOver);
}

function answer<N extends string, I extends z.ZodType, O extends z.ZodType>(
  definition: DatabaseCall<N, I, O>,
  handle: (input: z.output<I>) => unknown,
): Handler {
  return (input) => handle(definition.input.parse(input));
}

/** Everything that needs SQLite is loaded here, so that a missing or broken binary is reported like any other failure to start. */
async function load() {
  const [open, failures, read, rows, write, kept, owner, taking, found, review, answers, reading, asking] =
    await Promise.all([
      import('./open.ts'),
      import('./failures.ts'),
      import('./read.ts'),
      import('./rows.ts'),
      import('./write.ts'),
      import('./keeping.ts'),
      import('./owner.ts'),
      import('./takeIn.ts'),
      import('./whichRun.ts'),
      import('./review/reader.ts'),
      import('./review/answers.ts'),
      import('./requests/reader.ts'),
      import('./requests/questions.ts'),
    ]);
  return {
    ...{ ...open, ...failures, ...read, ...rows, ...write, ...kept },
    ...{ ...owner, ...taking, ...found, ...review, ...answers, ...reading, ...asking },
  };
}
type Loaded = Awaited<ReturnType<typeof load>>;

/** Throws a `CrosstalkError` when the file cannot be opened. */
function open(loaded: Loaded, hello: Hello, openWaitMs?: number): OpenHistory {
  const { openDatabase, databaseFailure } = loaded;
  let db: Database | null = null;
  try {
    db = openDatabase(openWaitMs === undefined ? hello : { ...hello, openWaitMs });
    return serve(db, loaded, hello);
  } catch (thrown) {
    db?.close();
    throw new CrosstalkError(databaseFailure(thrown));
  }
}

function serve(db: Database, { RunReader, RunWriter, ...loaded }: Loaded, hello: Hello): OpenHistory {
  const rows = new loaded.RunRows(db);
  const reader = new RunReader(db, rows);
  const writer = new RunWriter(db, loaded.thisProcess());
  const failureOf = loaded.databaseFailure;
  const kept = loaded.keeping({ db, file: hello.file, rows, reader, writer, failureOf });
  const problems = loaded.takeIn(hello.file, writer, loaded.databaseFailure);
  const timer = watch(db, rows, writer, hello.lockWaitMs);
  return {
    handlers: {
      write: answer(databaseCalls.write, ({ runId, items }) => writer.write(runId, items)),
      list: answer(databaseCalls.list, ({ limit }) => reader.list(limit)),
      get: answer(databaseCalls.get, ({ runId }) => reader.get(runId)),
      ...loaded.reviewAnswers(new loaded.ReviewReader(db, (runId) => loaded.whichRun(db, runId), reader)),
      ...loaded.requestAnswers(new loaded.RequestReader(db, (runId) => loaded.whichRun(db, runId))),
      histograms: answer(databaseCalls.histograms, ({ runId }) => reader.histograms(runId)),
      ...kept.answers,
    },
    failure: loaded.databaseFailure,
    problems,
    close: () => {
      clearInterval(timer);
      kept.close();
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
    const value = history.handlers[request.name](request.input);
    const isOwn = value instanceof Float64Array && value.buffer instanceof ArrayBuffer;
    send({ type: 'answer', id: request.id, value }, isOwn ? [value.buffer] : []);
  } catch (thrown) {
    send({ type: 'failure', id: request.id, error: history.failure(thrown) });
  }
  const ms = performance.now() - started;
  if (ms > slowMs) send({ type: 'slow', name: request.name, ms });
}

/** The history from `hello` to `close`: being opened, waiting to be opened, open. */
class Session {
  readonly #ended: () => void;
  #history: OpenHistory | null = null;
  #waiting: AppError | null = null;
  #again: NodeJS.Timeout | null = null;

  constructor(ended: () => void) {
    this.#ended = ended;
  }

  async begin(hello: Hello): Promise<void> {
    try {
      const loaded = await load();
      this.#tryToOpen(loaded, hello);
    } catch (thrown) {
      send({ type: 'boot_error', error: toAppError(thrown, 'database_failed') });
      this.#ended();
    }
  }

  request(request: Extract<ToDatabase, { type: 'request' }>): void {
    if (this.#history !== null) handle(this.#history, request);
    else if (this.#waiting !== null) send({ type: 'failure', id: request.id, error: this.#waiting });
  }

  close(): void {
    if (this.#again !== null) clearTimeout(this.#again);
    this.#history?.close();
    this.#ended();
  }

  /** Throws when it is no use to try again. */
  #tryToOpen(loaded: Loaded, hello: Hello, openWaitMs?: number): void {
    try {
      this.#history = open(loaded, hello, openWaitMs);
      this.#waiting = null;
      send({ type: 'ready', problems: this.#history.problems });
    } catch (thrown) {
      const error = toAppError(thrown, 'database_failed');
      if (!hello.keepTrying || !loaded.mayOpenLater(error)) {
        // A file that was waited for may turn out unusable: whoever asks is told so.
        if (this.#waiting === null) throw thrown;
        this.#waiting = { ...error, kind: 'unavailable' };
        send({ type: 'waiting', error: this.#waiting });
        return;
      }
      if (this.#waiting?.message !== error.message) send({ type: 'waiting', error });
      this.#waiting = error;
      this.#again = setTimeout(() => this.#tryToOpen(loaded, hello, 0), tryAgainMs);
    }
  }
}

function run(port: NonNullable<typeof parentPort>): void {
  const session = new Session(() => port.close());
  port.on('message', (raw: unknown) => {
    const message = ToDatabase.parse(raw);
    if (message.type === 'hello') void session.begin(message);
    else if (message.type === 'request') session.request(message);
    else session.close();
  });
}

if (parentPort !== null) run(parentPort);
