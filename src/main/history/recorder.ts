/** Carries one run's record to the database without ever making the run wait: what cannot be written is kept and tried again. */
import type { SeriesInfo, SeriesPoint } from '#contract/series';
import type { RunBatch, RunOutcome } from '#engine/run';
import type { AppError, Result } from '#contract/errors';
import { fail, ok } from '#contract/errors';
import type { BacklogBounds, Dropped } from './backlog.ts';
import { Backlog, nothingDropped } from './backlog.ts';
import type { NewRun, WriteItem } from './database/messages.ts';

/** Writes items of one run, all or none. */
export type WriteItems = (
  runId: string,
  items: WriteItem[],
) => Promise<Result<{ refused: number; reason: string | null }>>;

export interface RecorderOptions extends BacklogBounds {
  /** From a failed attempt to the next, ms. */
  retryMs: number;
  /** Items written in one transaction at most. */
  itemsAtOnce: number;
  /** How long the end of a run waits for what is still kept, ms. */
  finalMs: number;
  /** How long the last attempt may take before what is left goes elsewhere, ms. */
  lastMs: number;
}

export const recorderDefaults: RecorderOptions = {
  keptRecords: 50_000,
  keptRequests: 500_000,
  keptSeconds: 24 * 60 * 60,
  keptValues: 200_000,
  retryMs: 1000,
  itemsAtOnce: 20,
  finalMs: 5000,
  lastMs: 2000,
};

/** What is left of a run that could not be written to the end. */
export interface Unwritten {
  items: WriteItem[];
  /** Why; null when nothing was wrong but time. */
  trouble: AppError | null;
}

/** Trouble of the database as a whole, which may pass; anything else is the fault of what was written. */
function mayPass({ kind, code }: AppError): boolean {
  return kind === 'unavailable' || code === 'database_worker_failed' || /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

/** One run's way into the history. */
export class RunRecorder {
  readonly runId: string;
  readonly #write: WriteItems;
  readonly #tell: (message: string) => void;
  readonly #options: RecorderOptions;
  readonly #backlog: Backlog;
  #batches = 0;
  #notices = 0;
  #refused = 0;
  #atOnce: number;
  #writing = false;
  #retry: NodeJS.Timeout | null = null;
  /** Why writing fails at the moment; null while it works. */
  #trouble: AppError | null = null;
  /** What was dropped before the present trouble began, and whether it was said that more is. */
  #before: Dropped = nothingDropped;
  #saidDropping = false;
  #emptied: (() => void)[] = [];
  #closed = false;

  constructor(run: NewRun, write: WriteItems, tell: (message: string) => void, options: RecorderOptions) {
    this.runId = run.id;
    this.#write = write;
    this.#tell = tell;
    this.#options = options;
    this.#backlog = new Backlog(options);
    this.#atOnce = options.itemsAtOnce;
    this.#push({ kind: 'create', run });
  }

  append(batch: RunBatch): void {
    this.#push({ kind: 'batch', n: ++this.#batches, batch });
  }

  appendSeries(begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void {
    if (begun.length + points.length === 0) return;
    this.#push({ kind: 'series', begun: [...begun], points: [...points] });
  }

  notice(message: string): void {
    this.#push({ kind: 'notice', n: ++this.#notices, at: Date.now(), message });
  }

  /** Whether everything given has been written or given up. */
  get empty(): boolean {
    return this.#backlog.length === 0;
  }

  /** Records the end, then waits for what is still kept, but not longer than `finalMs`; after that it goes on trying until `close`. */
  async finish(outcome: RunOutcome): Promise<Result<void>> {
    this.#push({ kind: 'finish', ...outcome });
    await this.#untilEmpty(this.#options.finalMs);
    return this.#result();
  }

  /** One last attempt; gives what is left after it. Nothing is written from then on. */
  async close(): Promise<Unwritten> {
    this.#stopRetrying();
    void this.#flush();
    await this.#untilEmpty(this.#options.lastMs);
    this.#closed = true;
    this.#stopRetrying();
    return { items: this.#backlog.takeAll(), trouble: this.#trouble };
  }

  #push(item: WriteItem): void {
    if (this.#closed) return;
    // A write that was given no answer may still be carried out: what it holds must stay as it was sent.
    this.#backlog.push(item, this.#options.itemsAtOnce);
    if (!this.#saidDropping && this.#trouble !== null && this.#lostWords(this.#before) !== null) {
      this.#saidDropping = true;
      this.#tell(
        'History still cannot be written: the oldest turns, calls, errors and requests are dropped from here on; the figures of each second are kept.',
      );
    }
    if (this.#retry === null) void this.#flush();
  }

  #hasWork(): boolean {
    return !this.empty && !this.#closed;
  }

  async #flush(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#hasWork()) {
        const items = this.#backlog.front(this.#atOnce);
        const written = await this.#write(this.runId, items);
        if (this.#closed) return;
        if (written.ok) this.#wrote(items.length, written.value);
        else if (!this.#failed(items, written.error)) return;
      }
    } finally {
      this.#writing = false;
      if (this.empty) for (const resolve of this.#emptied.splice(0)) resolve();
    }
  }

  #wrote(count: number, { refused, reason }: { refused: number; reason: string | null }): void {
    this.#backlog.removeFront(count);
    this.#atOnce = this.#options.itemsAtOnce;
    if (refused > 0 && this.#refused === 0) {
      this.#tell(`History left out records that are not what they should be (${reason ?? 'unreadable'}).`);
    }
    this.#refused += refused;
    if (this.#trouble === null) return;
    const lost = this.#lostWords(this.#before);
    this.#trouble = null;
    this.#saidDropping = false;
    this.#before = { ...this.#backlog.dropped };
    this.#tell(
      lost === null
        ? 'History is written again; nothing was lost.'
        : `History is written again; ${lost} could not be kept.`,
    );
  }

  /** Whether to go on at once. Trouble that may pass is waited out; an item that can never be written is given up. */
  #failed(items: WriteItem[], error: AppError): boolean {
    if (mayPass(error)) {
      if (this.#trouble === null) {
        this.#trouble = error;
        this.#tell(`History cannot be written: ${error.message}; kept in memory, retrying.`);
      }
      this.#retry = setTimeout(() => {
        this.#retry = null;
        void this.#flush();
      }, this.#options.retryMs);
      return false;
    }
    if (items.length > 1) {
      this.#atOnce = 1;
      return true;
    }
    this.#backlog.dropFront();
    this.#tell(`History cannot record a part of this run: ${error.message}`);
    return true;
  }

  #stopRetrying(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  async #untilEmpty(boundMs: number): Promise<void> {
    if (this.empty && !this.#writing) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, boundMs);
      this.#emptied.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  #result(): Result<void> {
    const lost = this.#lostWords();
    if (this.empty && lost === null) return ok(undefined);
    const reason = this.#trouble?.message ?? (this.empty ? 'records were refused' : 'the database is slow');
    const what = [
      ...(lost === null ? [] : [`${lost} of this run are lost`]),
      ...(this.empty
        ? []
        : [
            `${this.#backlog.seconds} s of this run are still kept in memory, and are written when that can be done`,
          ]),
    ];
    return fail(
      'unavailable',
      'history_incomplete',
      `History is incomplete: ${reason}; ${what.join('; ')}.`,
      {
        ...(this.#trouble === null ? {} : { cause: this.#trouble }),
      },
    );
  }

  /** What of the run is lost, but for what was `before`; null when nothing is. */
  #lostWords(before: Dropped = nothingDropped): string | null {
    const { dropped } = this.#backlog;
    const records = dropped.records - before.records;
    const seconds = dropped.seconds - before.seconds;
    const values = dropped.values - before.values;
    const requests = dropped.requests - before.requests;
    const parts = [
      ...(seconds > 0 ? [`${seconds} s with ${records} turns, calls and errors`] : []),
      ...(seconds === 0 && records > 0 ? [`${records} turns, calls and errors`] : []),
      ...(requests > 0 ? [`${requests} requests`] : []),
      ...(values > 0 ? [`${values} sampled values`] : []),
    ];
    return parts.length === 0 ? null : parts.join(' and ');
  }
}
