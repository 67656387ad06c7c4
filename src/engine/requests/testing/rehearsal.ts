/** A thread of the engine with its load, as the coordinator drives it, in the thread of a test. */
import type { KeptRequest, RequestRecord, StageResult } from '#contract/requests';
import { Clock } from '../../clock.ts';
import { Loads } from '../../coordinator/load/loads.ts';
import type { CheckDelta, FromWorker, RequestReport } from '../../messages.ts';
import type { RunPlan } from '../../plan.ts';
import { EngineWorker } from '../../worker/worker.ts';
import { requestRecord } from '../columns.ts';

const followEveryMs = 20;

export class Rehearsal {
  readonly plan: RunPlan;
  #loads: Loads | null = null;
  readonly clock: Clock;
  readonly records: RequestRecord[] = [];
  readonly kept: { record: RequestRecord; kept: Omit<KeptRequest, 'record'> }[] = [];
  readonly checks: CheckDelta[] = [];
  /** `iteration`, `iteration_uncorrected` and `ok` of each. */
  readonly iterations: [number, number, number][] = [];
  readonly stages: { result: StageResult; variables: Record<string, unknown> }[] = [];
  readonly crashes: string[] = [];
  /** Users that were there at the last report. */
  active = 0;
  readonly #worker: EngineWorker;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;
  #ready: Promise<void>;

  constructor(plan: RunPlan) {
    this.plan = plan;
    const baseNs = process.hrtime.bigint();
    this.clock = new Clock(baseNs);
    let ready: () => void = () => undefined;
    this.#ready = new Promise((resolve) => (ready = resolve));
    this.#worker = new EngineWorker((message) => {
      if (message.type === 'ready') ready();
      else this.#hear(message);
    });
    this.#worker.receive({ type: 'prepare', plan, worker: 0 });
    this.#worker.receive({ type: 'start', baseNs: baseNs.toString(), epochMs: 0 });
  }

  #hear(message: FromWorker): void {
    if (message.type === 'user_done') this.#loads?.gone(message.vu);
    else if (message.type === 'stage_done') {
      this.#take(message.report);
      this.stages.push(message);
    } else if (message.type === 'report' || message.type === 'done') {
      this.active = message.report.active;
      if (message.report.requests !== null) this.#take(message.report.requests);
      if (message.type === 'done') this.#ended = true;
    } else if (message.type === 'crashed') this.crashes.push(message.message);
  }

  #take({ requests, iterations, checks, kept }: RequestReport): void {
    const before = this.records.length;
    for (let i = 0; i < (requests?.length ?? 0); i++)
      if (requests !== null) this.records.push(requestRecord(requests, i, this.records.length + 1));
    for (const { row, kept: one } of kept) {
      const record = this.records[before + row];
      if (record !== undefined) this.kept.push({ record, kept: one });
    }
    this.checks.push(...checks);
    for (let i = 0; i < (iterations?.length ?? 0); i++)
      this.iterations.push([
        iterations?.iteration[i] ?? 0, iterations?.iteration_uncorrected[i] ?? 0, iterations?.ok[i] ?? 0,
      ]); // prettier-ignore
  }

  /** Goes through a stage of the plan. */
  async stage(index: number): Promise<void> {
    await this.#ready;
    this.#worker.receive({ type: 'stage', index });
  }

  /** Lets what is open of it end. */
  stopStage(): void {
    this.#worker.receive({ type: 'stop_stage' });
  }

  setVariables(variables: Record<string, unknown>): void {
    this.#worker.receive({ type: 'variables', variables });
  }

  /** The load begins now. */
  async begin(): Promise<Loads> {
    await this.#ready;
    const now = this.clock.now();
    const later = this.plan.loads.map((load) => ({ ...load, startAfterMs: load.startAfterMs + now }));
    const loads = new Loads({ ...this.plan, loads: later }, 1, (_, message) => this.#worker.receive(message));
    this.#loads = loads;
    this.#worker.receive({ type: 'load', shares: loads.shares });
    loads.follow(now);
    this.#timer = setInterval(() => loads.follow(this.clock.now()), followEveryMs);
    return loads;
  }

  report(): void {
    this.#worker.receive({ type: 'report', openSince: null });
  }

  /** Cuts everything off. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (!this.#ended) this.#worker.receive({ type: 'abort' });
  }
}
