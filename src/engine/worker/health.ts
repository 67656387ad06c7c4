/** How this worker itself fares: its event loop, its garbage collector, and how long it waited for a core. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';

const delayResolutionMs = 10;

export class HealthMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  readonly #collector: PerformanceObserver;
  #utilisation = performance.eventLoopUtilization();
  #gcPauseMs = 0;
  #runQueueNs: number | null = null;

  constructor() {
    this.#delay.enable();
    this.#collector = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#gcPauseMs += entry.duration;
    });
    this.#collector.observe({ entryTypes: ['gc'] });
    this.#runQueueNs = runQueueWait();
  }

  /** Figures since the last call. */
  take(): { eventLoop: number; loopDelayMs: number; gcPauseMs: number; runQueueNs: number | null } {
    const now = performance.eventLoopUtilization();
    const eventLoop = performance.eventLoopUtilization(now, this.#utilisation).utilization;
    this.#utilisation = now;
    // The histogram's own timer period is part of what it reads; an empty one reads 0.
    const loopDelayMs = Math.max(0, this.#delay.max / 1e6 - delayResolutionMs);
    this.#delay.reset();
    const gcPauseMs = this.#gcPauseMs;
    this.#gcPauseMs = 0;
    const waited = runQueueWait();
    const runQueueNs = waited !== null && this.#runQueueNs !== null ? waited - this.#runQueueNs : null;
    this.#runQueueNs = waited;
    return { eventLoop, loopDelayMs: Number.isFinite(loopDelayMs) ? loopDelayMs : 0, gcPauseMs, runQueueNs };
  }

  close(): void {
    this.#delay.disable();
    this.#collector.disconnect();
  }
}

/** Linux: nanoseconds this thread was runnable without a core (second field of schedstat); elsewhere null. */
function runQueueWait(): number | null {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]);
  } catch {
    return null;
  }
}
