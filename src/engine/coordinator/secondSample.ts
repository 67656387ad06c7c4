/** One second of a run, merged from what the workers reported of it. */
import { type GeneratorHealth, type Sample, type WorkerHealth } from '#contract/run';
import type { RunAggregate } from '../measure/aggregate.ts';
import { latenessFigures } from '../measure/latenessFigures.ts';
import type { WorkerReport } from '../messages.ts';

/** A report, and which worker (from 0) gave it. */
export interface HeardReport {
  worker: number;
  report: WorkerReport;
}

/** What is known of a second beside the reports. */
export interface SecondContext {
  /** Stamp of now, ms. */
  now: number;
  /** Stamp of the beginning of the load. */
  loadAt: number;
  /** Failed requests by kind. */
  requestErrors: Record<string, number>;
  /** Users and calls asked for. */
  asked: number;
  /** Calls that were to arrive in this second, and those that were dropped. */
  arrivals: { asked: number; dropped: number };
  /** CPU of the whole process, 1 = one core. */
  cpu: number;
  rssMb: number;
  /** What the cores this process may use left idle, in cores; null where it is not known. */
  idleCores: number | null;
  live: RunAggregate['live'];
}

type Counted = {
  [K in keyof Sample & keyof WorkerReport]: WorkerReport[K] extends number ? K : never;
}[keyof Sample & keyof WorkerReport];

/** The sample of a second. A worker that answered late may have reported twice, one that is stuck not at all. */
export function secondSample(heard: readonly HeardReport[], context: SecondContext): Sample {
  const { now, live } = context;
  const sum = (of: (report: WorkerReport) => number) => heard.reduce((n, { report }) => n + of(report), 0);
  const count = (name: Counted) => sum((report) => report[name]);
  const turns = (...statuses: string[]) =>
    sum((report) => report.turns.filter((turn) => statuses.includes(turn.status)).length);
  const byWorker = [...Map.groupBy(heard, ({ worker }) => worker)].sort(([a], [b]) => a - b);
  const newest = byWorker.map(([, reports]) => reports.at(-1)?.report).filter((r) => r !== undefined);
  const errors: Record<string, number> = {};
  for (const { report } of heard) addErrors(errors, report.errorCounts);
  addErrors(errors, context.requestErrors);
  const ended = requestsOf(heard);
  return {
    span: 1,
    t: Math.round((now - context.loadAt) / 1000),
    at: now,
    asked: context.asked,
    arrivalsAsked: context.arrivals.asked,
    arrivalsDropped: context.arrivals.dropped,
    active: newest.reduce((n, report) => n + report.active, 0),
    connecting: newest.reduce((n, report) => n + report.connecting, 0),
    callsAttempted: count('callsAttempted'),
    callsConnected: count('callsConnected'),
    callsFailed: count('callsFailed'),
    callsDropped: count('callsDropped'),
    turnsOk: turns('ok'),
    turnsFailed: turns('failed', 'timeout'),
    framesSent: count('framesSent'),
    framesReceived: count('framesReceived'),
    errors,
    ttfa: live.ttfa.percentiles(now),
    bargeIn: live.bargeIn.percentiles(now),
    connect: live.connect.percentiles(now),
    ...ended,
    bytesSent: count('bytesSent') + ended.bytesSent,
    bytesReceived: count('bytesReceived') + ended.bytesReceived,
    request: live.request.percentiles(now),
    firstToken: live.firstToken.percentiles(now),
    generator: generatorHealth(
      byWorker.map(([worker, reports]) =>
        workerHealth(
          worker,
          reports.map(({ report }) => report),
        ),
      ),
      latenessFigures(heard.map(({ report }) => report.lateness)),
      context,
    ),
  };
}

function addErrors(errors: Record<string, number>, more: Record<string, number>): void {
  for (const [kind, n] of Object.entries(more)) errors[kind] = (errors[kind] ?? 0) + n;
}

/** `outcome` of requests that ended well, and that the end of the run cut. */
const [isOk, isCut] = [0, 3];

function requestsOf(
  heard: readonly HeardReport[],
): Pick<Sample, 'requestsOk' | 'requestsFailed' | 'iterations' | 'bytesSent' | 'bytesReceived'> {
  let [requestsOk, requestsFailed, iterations, bytesSent, bytesReceived] = [0, 0, 0, 0, 0];
  for (const { report } of heard) {
    for (const outcome of report.requests?.requests?.outcome ?? []) {
      if (outcome === isOk) requestsOk++;
      else if (outcome !== isCut) requestsFailed++;
    }
    for (const bytes of report.requests?.requests?.bytesSent ?? []) bytesSent += bytes;
    for (const bytes of report.requests?.requests?.bytesReceived ?? []) bytesReceived += bytes;
    iterations += report.requests?.iterations?.length ?? 0;
  }
  return { requestsOk, requestsFailed, iterations, bytesSent, bytesReceived };
}

/** The worst worker stands for all. */
function generatorHealth(
  workers: WorkerHealth[],
  lateness: ReturnType<typeof latenessFigures>,
  { cpu, rssMb, idleCores }: SecondContext,
): GeneratorHealth {
  const most = (of: (worker: WorkerHealth) => number) => workers.reduce((top, w) => Math.max(top, of(w)), 0);
  const waits = workers.map((worker) => worker.runQueue).filter((share) => share !== null);
  return {
    latenessP50: lateness.p50,
    latenessP99: lateness.p99,
    latenessMax: lateness.max,
    eventLoop: most((worker) => worker.eventLoop),
    loopDelay: most((worker) => worker.loopDelay),
    cpu,
    rssMb,
    gcPauseMs: most((worker) => worker.gcPauseMs),
    bufferedBytes: most((worker) => worker.bufferedBytes),
    slipped: workers.reduce((n, worker) => n + worker.slipped, 0),
    runQueue: waits.length > 0 ? Math.max(...waits) : null,
    idleCores,
    workers,
  };
}

/** What one worker said of itself; of several reports the longest counts where a share is meant. */
function workerHealth(worker: number, reports: readonly WorkerReport[]): WorkerHealth {
  const said = reports.map((report) => report.health);
  const longest = reports.reduce((a, b) => (b.spanMs > a.spanMs ? b : a)).health;
  const last = said.at(-1) ?? longest;
  const most = (of: (health: (typeof said)[number]) => number) => Math.max(...said.map(of));
  const sum = (of: (health: (typeof said)[number]) => number) => said.reduce((n, h) => n + of(h), 0);
  const { p50, p99, max } = latenessFigures(reports.map((report) => report.lateness));
  return {
    worker: worker + 1,
    active: reports.at(-1)?.active ?? 0,
    eventLoop: longest.eventLoop,
    loopDelay: most((h) => h.loopDelay),
    loopDelayP99: most((h) => h.loopDelayP99),
    latenessP50: p50,
    latenessP99: p99,
    latenessMax: max,
    bufferedBytes: most((h) => h.bufferedBytes),
    slipped: sum((h) => h.slipped),
    cpu: longest.cpu,
    heapMb: last.heapMb,
    externalMb: last.externalMb,
    gcCount: sum((h) => h.gcCount),
    gcPauseMs: sum((h) => h.gcPauseMs),
    gcLongestMs: most((h) => h.gcLongestMs),
    runQueue: longest.runQueue,
  };
}
