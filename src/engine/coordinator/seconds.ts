/** What the threads report second by second: asked for, waited for, and put together with what the process took meanwhile. */
import type { RequestReport, WorkerReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { RunBatch } from '../run.ts';
import { CoreWatch } from './cores.ts';
import type { EngineThread } from './pool.ts';
import { RequestBatches } from './requestBatch.ts';
import { secondSample, type HeardReport, type SecondContext } from './secondSample.ts';

const bytesPerMb = 1024 * 1024;

export class Seconds {
  readonly #threads: readonly EngineThread[];
  readonly #requests: RequestBatches;
  readonly #cores = new CoreWatch();
  #heard: HeardReport[] = [];
  /** Threads whose report of the current second is still to come. */
  #awaited = new Set<EngineThread>();
  #cpuLast = process.cpuUsage();
  /** Stamp of the end of the second before. */
  lastAt: number;
  peakRssMb = 0;

  constructor(plan: Pick<RunPlan, 'steps'>, threads: readonly EngineThread[], now: number) {
    this.#threads = threads;
    this.#requests = new RequestBatches(plan);
    this.lastAt = now;
  }

  /** Asks these threads for what they did. */
  ask(threads: readonly EngineThread[], openSince: number | null): void {
    this.#awaited = new Set(threads);
    for (const thread of threads) thread.send({ type: 'report', openSince });
  }

  /** Whether some that were asked have not answered. */
  get waiting(): boolean {
    return this.#awaited.size > 0;
  }

  /** It has answered; true: as the last of those that were asked. The second answer of one that was late belongs to the next second. */
  answered(thread: EngineThread): boolean {
    return this.#awaited.delete(thread) && this.#awaited.size === 0;
  }

  take(thread: EngineThread, report: WorkerReport): void {
    this.#heard.push({ worker: this.#threads.indexOf(thread), report });
    if (report.requests !== null) this.takeRequests(report.requests);
  }

  takeRequests(report: RequestReport): void {
    this.#requests.add(report);
  }

  /** The second ends now: everything since the last one. `heard`: some thread had something to say. */
  end(context: Pick<SecondContext, 'now' | 'loadAt' | 'asked' | 'arrivals' | 'live'>): {
    batch: RunBatch;
    heard: boolean;
  } {
    const heard = this.#heard;
    this.#heard = [];
    const seconds = Math.max(0.001, (context.now - this.lastAt) / 1000);
    const cpu = process.cpuUsage(this.#cpuLast);
    this.#cpuLast = process.cpuUsage();
    const rssMb = process.memoryUsage.rss() / bytesPerMb;
    this.peakRssMb = Math.max(this.peakRssMb, rssMb);
    this.lastAt = context.now;
    const ended = this.#requests.take();
    const batch: RunBatch = {
      sample: secondSample(heard, {
        ...context,
        requestErrors: ended.errorCounts,
        cpu: (cpu.user + cpu.system) / 1e6 / seconds,
        rssMb,
        idleCores: this.#cores.takeIdle(),
      }),
      turns: heard.flatMap(({ report }) => report.turns),
      calls: heard.flatMap(({ report }) => report.calls),
      errors: [...heard.flatMap(({ report }) => report.errors), ...ended.errors],
      requests: ended.requests,
      kept: ended.kept,
    };
    return { batch, heard: heard.length > 0 };
  }
}
