/** What the requests of a second leave for the history: numbered columns, kept contents, and errors in words. */
import type { KeptRequest } from '#contract/requests';
import type { ErrorRecord } from '#contract/run';
import type { RequestReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import { endOf, requestRecord, type RequestColumns } from '../requests/columns.ts';

/** Of so many failures a second each is told one by one; the others are counted. */
const mostErrors = 100;
const failed = [1, 2];

export class RequestBatches {
  readonly #steps: RunPlan['steps'];
  #nextId = 1;
  #requests: { firstId: number; columns: RequestColumns }[] = [];
  #kept: KeptRequest[] = [];
  #errors: ErrorRecord[] = [];
  /** By kind, since the last time. */
  #counts: Record<string, number> = {};

  constructor(plan: Pick<RunPlan, 'steps'>) {
    this.#steps = plan.steps;
  }

  add({ requests: columns, kept }: RequestReport): void {
    if (columns === null) return;
    const firstId = this.#nextId;
    this.#nextId += columns.length;
    this.#requests.push({ firstId, columns });
    const sentences = new Map<number, string>();
    for (const { row, kept: contents } of kept) {
      this.#kept.push({ ...contents, record: requestRecord(columns, row, firstId + row) });
      if (contents.message !== null) sentences.set(row, contents.message);
    }
    for (let i = 0; i < columns.length; i++) {
      if (failed.includes(columns.outcome[i] ?? 0)) this.#failed(columns, i, sentences.get(i) ?? null);
    }
  }

  #failed(columns: RequestColumns, i: number, sentence: string | null): void {
    const kind = columns.errors[(columns.error[i] ?? 0) - 1] ?? 'failed';
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    if (this.#errors.length >= mostErrors) return;
    const step = this.#steps[columns.step[i] ?? 0];
    this.#errors.push({
      at: endOf(columns, i),
      kind,
      message: sentence ?? `${step?.name ?? 'A request'} failed: ${kind}.`,
      callId: null,
      turn: null,
      vu: columns.vu[i] ?? null,
    });
  }

  take(): {
    requests: { firstId: number; columns: RequestColumns }[];
    kept: KeptRequest[];
    errors: ErrorRecord[];
    errorCounts: Record<string, number>;
  } {
    const taken = {
      requests: this.#requests,
      kept: this.#kept,
      errors: this.#errors,
      errorCounts: this.#counts,
    };
    this.#requests = [];
    this.#kept = [];
    this.#errors = [];
    this.#counts = {};
    return taken;
  }
}
