/** Carries one run's record to the database without ever making the run wait: what cannot be written is kept and tried again. */
import type { RunBatch, RunOutcome } from '#engine/run';
import type { AppError, Result } from '#contract/errors';
import { fail, ok } from '#contract/errors';
import type { NewRun, WriteItem } from './database/messages.ts';

/** Writes items of one run, all or none. */
export type WriteItems = (
  runId: string,
  items: WriteItem[],
) => Promise<Result<{ refused: number; reason: string | null }>>;

export interface RecorderOptions {
  /** Seconds (batches) kept while the database cannot be written; the oldest go first when there are more. */
  keptBatches: number;
  /** From a failed attempt to the next, ms. */
  retryMs: number;
  /** Items written in one transaction at most. */
  itemsAtOnce: number;
  /** How long the end of a run waits for what is still kept, ms. */
  finalMs: number;
}

export const recorderDefaults: RecorderOptions = {
  keptBatches: 600,
  retryMs: 1000,
  itemsAtOnce: 20,
  finalMs: 5000,
};

/** One run's way into the history. */
export class RunRecorder {
  readonly runId: string;
  readonly #write: WriteItems;
  readonly #tell: (message: string) => void;
  readonly #options: RecorderOptions;
  readonly #queue: WriteItem[] = [];
  readonly #lost = { batches: 0, records: 0 };
  #batches = 0;
  #notices = 0;
  #refused = 0;
  #atOnce: number;
  #writing = false;
  #retry: NodeJS.Timeout | null = null;
  /** Why writing fails at the moment; null while it works. */
  #trouble: AppError | null = null;
  #emptied: (() => void)[] = [];
  #given: 'open' | 'up' = 'open';

  constructor(run: NewRun, write: WriteItems, tell: (message: string) => void, options: RecorderOptions) {
    this.runId = run.id;
    this.#write = write;
    this.#tell = tell;
    this.#options = options;
    this.#atOnce = options.itemsAtOnce;
    this.#push({ kind: 'create', run });
  }

  append(batch: RunBatch): void {
    this.#push({ kind: 'batch', n: ++this.#batches, batch });
  }

  notice(message: string): void {
    this.#push({ kind: 'notice', n: ++this.#notices, at: Date.now(), message });
  }

  /** Whether everything given has been written or given up. */
  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /** Records the end, then waits for what is still kept, but not longer than `finalMs`; after that it goes on trying until `giveUp`. */
  async finish(outcome: RunOutcome): Promise<Result<void>> {
    this.#push({ kind: 'finish', summary: outcome.summary, histograms: outcome.histograms });
    await this.#untilEmpty(this.#options.finalMs);
    return this.#result();
  }

  /** One last attempt; says what is lost if that fails too. */
  async giveUp(): Promise<Result<void>> {
    this.#stopRetrying();
    void this.#flush();
    await this.#untilEmpty(this.#options.finalMs);
    this.#given = 'up';
    this.#stopRetrying();
    const result = this.#result();
    this.#queue.length = 0;
    return result;
  }

  #push(item: WriteItem): void {
    this.#queue.push(item);
    this.#dropOldest();
    if (this.#retry === null) void this.#flush();
  }

  #dropOldest(): void {
    const batches = this.#queue.reduce((n, item) => n + (item.kind === 'batch' ? 1 : 0), 0);
    if (batches <= this.#options.keptBatches) return;
    // What is being written at this moment stands at the front and must stay there.
    const from = this.#writing ? this.#atOnce : 0;
    const index = this.#queue.findIndex((item, i) => i >= from && item.kind === 'batch');
    const [item] = index < 0 ? [] : this.#queue.splice(index, 1);
    if (item?.kind === 'batch') this.#count(item);
  }

  #count(item: Extract<WriteItem, { kind: 'batch' }>): void {
    this.#lost.batches += 1;
    this.#lost.records += item.batch.turns.length + item.batch.calls.length + item.batch.errors.length;
  }

  async #flush(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#queue.length > 0 && this.#given === 'open') {
        const items = this.#queue.slice(0, this.#atOnce);
        const written = await this.#write(this.runId, items);
        if (written.ok) this.#wrote(items.length, written.value);
        else if (!this.#failed(items, written.error)) return;
      }
    } finally {
      this.#writing = false;
      if (this.#queue.length === 0) for (const resolve of this.#emptied.splice(0)) resolve();
    }
  }

  #wrote(count: number, { refused, reason }: { refused: number; reason: string | null }): void {
    this.#queue.splice(0, count);
    this.#atOnce = this.#options.itemsAtOnce;
    if (refused > 0 && this.#refused === 0) {
      this.#tell(`History left out records that are not what they should be (${reason ?? 'unreadable'}).`);
    }
    this.#refused += refused;
    if (this.#trouble === null) return;
    this.#trouble = null;
    const { batches } = this.#lost;
    this.#tell(
      batches === 0
        ? 'History is written again; nothing was lost.'
        : `History is written again; ${this.#lostWords()} could not be kept.`,
    );
  }

  /** Whether to go on at once. Trouble that may pass is waited out; an item that can never be written is given up. */
  #failed(items: WriteItem[], error: AppError): boolean {
    if (error.kind === 'unavailable' || error.code === 'database_worker_failed') {
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
    const [item] = this.#queue.splice(0, 1);
    if (item?.kind === 'batch') this.#count(item);
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
    const waiting = this.#queue.filter((item) => item.kind === 'batch');
    if (this.empty && this.#lost.batches === 0) return ok(undefined);
    for (const item of this.#given === 'up' ? waiting : []) this.#count(item);
    const reason = this.#trouble?.message ?? 'records were refused';
    const what =
      this.#given === 'up' || this.empty
        ? `${this.#lostWords()} of this run are lost`
        : `${waiting.length} s of this run are still kept in memory`;
    return fail('unavailable', 'history_incomplete', `History is incomplete: ${reason}; ${what}.`, {
      ...(this.#trouble === null ? {} : { cause: this.#trouble }),
    });
  }

  #lostWords(): string {
    return `${this.#lost.batches} s with ${this.#lost.records} turns, calls and errors`;
  }
}
