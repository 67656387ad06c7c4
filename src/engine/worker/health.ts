/** How this worker itself fares: its event loop, its processor, its memory, and how long it waited for a core. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ReportedHealth } from '../messages.ts';

const delayResolutionMs = 10;
const bytesPerMb = 1024 * 1024;

/** What this thread has used up to a moment. */
interface Used {
  atMs: number;
  loop: ReturnType<typeof performance.eventLoopUtilization>;
  /** Nanoseconds on a core, and runnable without one; null where the system does not say. */
  cpuNs: number | null;
  waitNs: number | null;
}

export class HealthMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  readonly #collector: PerformanceObserver;
  #gc = noPauses();
  #last: Used;

  constructor() {
    this.#delay.enable();
    this.#collector = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#gc.gcCount++;
        this.#gc.gcPauseMs += duration;
        this.#gc.gcLongestMs = Math.max(this.#gc.gcLongestMs, duration);
      }
    });
    this.#collector.observe({ entryTypes: ['gc'] });
    this.#last = used();
  }

  /** Figures since the last call, and how long that is. */
  take(): Omit<ReportedHealth, 'bufferedBytes' | 'slipped'> & { spanMs: number } {
    const last = this.#last;
    const now = used();
    this.#last = now;
    const spanMs = now.atMs - last.atMs;
    const share = (to: number | null, from: number | null) =>
      to === null || from === null || spanMs <= 0 ? null : round((to - from) / 1e6 / spanMs, 4);
    const gc = this.#gc;
    this.#gc = noPauses();
    const heap = getHeapStatistics();
    const figures = {
      spanMs,
      eventLoop: round(performance.eventLoopUtilization(now.loop, last.loop).utilization, 4),
      loopDelay: beyondItsPeriod(this.#delay.max),
      loopDelayP99: beyondItsPeriod(this.#delay.percentile(99)),
      cpu: share(now.cpuNs, last.cpuNs),
      runQueue: share(now.waitNs, last.waitNs),
      heapMb: round(heap.used_heap_size / bytesPerMb, 2),
      externalMb: round(heap.external_memory / bytesPerMb, 2),
      gcCount: gc.gcCount,
      gcPauseMs: round(gc.gcPauseMs, 3),
      gcLongestMs: round(gc.gcLongestMs, 3),
    };
    this.#delay.reset();
    return figures;
  }

  close(): void {
    this.#delay.disable();
    this.#collector.disconnect();
  }
}

function noPauses() {
  return { gcCount: 0, gcPauseMs: 0, gcLongestMs: 0 };
}

/** The monitor reads the time between its own ticks: its period is part of that. An empty histogram reads 0. */
function beyondItsPeriod(ns: number): number {
  return Number.isFinite(ns) ? round(Math.max(0, ns / 1e6 - delayResolutionMs), 3) : 0;
}

function used(): Used {
  return {
    atMs: performance.now(),
    loop: performance.eventLoopUtilization(),
    cpuNs: threadCpu(),
    waitNs: runQueueWait(),
  };
}

/** CPU time of this thread, user and system, in nanoseconds; null on a Node that cannot tell. */
function threadCpu(): number | null {
  if (typeof process.threadCpuUsage !== 'function') return null;
  try {
    const { user, system } = process.threadCpuUsage();
    return (user + system) * 1000;
  } catch {
    return null;
  }
}

/** Linux: nanoseconds this thread was runnable without a core (second field of schedstat); elsewhere null. */
function runQueueWait(): number | null {
  try {
    const ns = Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]);
    return Number.isFinite(ns) ? ns : null;
  } catch {
    return null;
  }
}

/** Figures are kept with every second of every run: digits that mean nothing would only take room. */
function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
