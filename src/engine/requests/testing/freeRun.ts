/** The users of one thread with their loads, without the thread: many of them go on beside each other in a test. */
import { requestOutcomes, type RequestRecord } from '#contract/requests';
import { Clock } from '../../clock.ts';
import { Loads } from '../../coordinator/load/loads.ts';
import { RequestAggregate } from '../../measure/requests/requestAggregate.ts';
import type { RequestReport, ToWorker } from '../../messages.ts';
import type { RunPlan } from '../../plan.ts';
import { Random } from '../../random.ts';
import { SharedCalls } from '../../sharedCounts.ts';
import { ownCalls, type CallBudget } from '../../worker/callBudget.ts';
import { requestRecord } from '../columns.ts';
import { createRequestWorkload, type RequestWorkload } from '../workload.ts';
import { FakeServices } from './fakeServices.ts';

const followEveryMs = 3;

export class FreeRun {
  readonly services: FakeServices;
  readonly records: RequestRecord[] = [];
  readonly measured: RequestAggregate;
  /** Users that were placed, and how often each was heard to be gone. */
  readonly placed: number[] = [];
  readonly gone: number[] = [];
  readonly #plan: RunPlan;
  readonly #clock = new Clock(process.hrtime.bigint());
  readonly #workload: RequestWorkload;
  #loads: Loads | null = null;
  #follow: NodeJS.Timeout | null = null;

  /** `fake`: with services of its own, not those of the plan. */
  constructor(plan: RunPlan, seed: number, fake = true) {
    this.#plan = plan;
    this.services = new FakeServices(this.#clock, new Random(seed));
    this.measured = new RequestAggregate(plan);
    const workload = createRequestWorkload({
      plan,
      clock: this.#clock,
      onDone: ({ vu }) => {
        this.gone.push(vu);
        this.#loads?.gone(vu);
      },
      ...(fake ? { clients: this.services.clients } : {}),
    });
    if (workload === null) throw new Error('The plan makes no requests');
    this.#workload = workload;
  }

  get workload(): RequestWorkload {
    return this.#workload;
  }

  /** Goes through the set-up. */
  async setUp(): Promise<void> {
    const { report } = await this.#workload.stage(0);
    this.#take(report);
  }

  begin(): Loads {
    const now = this.#clock.now();
    const later = this.#plan.loads.map((load) => ({ ...load, startAfterMs: load.startAfterMs + now }));
    const loads = new Loads({ ...this.#plan, loads: later }, 1, (_, message) => this.#hear(message));
    this.#loads = loads;
    this.#workload.join(loads.shares);
    loads.follow(now);
    this.#follow = setInterval(() => loads.follow(this.#clock.now()), followEveryMs);
    return loads;
  }

  /** Lets what goes on end. */
  stop(): void {
    this.#loads?.end(this.#clock.now());
  }

  report(): void {
    this.#take(this.#workload.report());
  }

  /** Cuts everything off. */
  end(): void {
    if (this.#follow !== null) clearInterval(this.#follow);
    this.#workload.end();
    this.report();
  }

  #hear(message: ToWorker): void {
    if (message.type === 'add')
      for (const user of message.users) {
        this.placed.push(user.vu);
        this.#workload.add(user, this.#budgetOf(user.load, user.group));
      }
    else if (message.type === 'arrive') this.#workload.arrive(message.load, message);
    else if (message.type === 'remove') for (const vu of message.vus) this.#workload.remove(vu);
    else if (message.type === 'stop') this.#workload.stop(message.load);
    else if (message.type === 'cut') this.#workload.cut(message.load);
  }

  #budgetOf(load: number, group: number): CallBudget {
    const share = this.#loads?.shares[load];
    const users = this.#plan.users[group];
    if (share?.calls != null) return new SharedCalls(share.calls);
    return ownCalls(
      share?.callsPerUser ?? (users === undefined || users.kind === 'voice' ? null : users.iterationsPerUser),
    );
  }

  #take(report: RequestReport): void {
    const { requests } = report;
    for (let i = 0; i < (requests?.length ?? 0); i++)
      if (requests !== null) this.records.push(requestRecord(requests, i, this.records.length + 1));
    this.measured.take(report, 0);
  }

  /** How many requests ended in each way. */
  outcomes(): Record<string, number> {
    const counts: Record<string, number> = Object.fromEntries(requestOutcomes.map((outcome) => [outcome, 0]));
    for (const { outcome } of this.records) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }
}
