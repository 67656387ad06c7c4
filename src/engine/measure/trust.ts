/** The generator's own honesty: when its numbers may not be believed, and why (MEASUREMENT.md). */
import { eventLoopWindow, generatorLimits } from '#contract/generator';
import type { GeneratorHealth } from '#contract/run';
import type { LatencyHistogram } from './histogram.ts';

const latenessLimitMs = generatorLimits.latenessP99.overloaded;
const { overloaded: eventLoopLimit, strained: eventLoopWarning } = generatorLimits.eventLoop;
const loopDelayLimitMs = generatorLimits.loopDelay.overloaded;
const clockJumpLimitMs = 5000;
const latenessSettlesMs = 10_000;

export class TrustWatch {
  readonly #reasons = new Map<string, string>();
  readonly #recentLoops: number[] = [];
  #worstLoop = 0;
  #worstDelay = 0;
  #slipped = 0;
  #drift: number | null = null;
  #warned = false;

  /** Takes a second in; returns what the operator should be told now, if anything. */
  second(health: GeneratorHealth, wallMs: number, monotonicMs: number): string | null {
    this.#slipped += health.slipped;
    this.#worstDelay = Math.max(this.#worstDelay, health.loopDelay);
    this.#recentLoops.push(health.eventLoop);
    if (this.#recentLoops.length > eventLoopWindow) this.#recentLoops.shift();
    const mean = this.#recentLoops.reduce((a, b) => a + b, 0) / this.#recentLoops.length;
    if (this.#recentLoops.length === eventLoopWindow) this.#worstLoop = Math.max(this.#worstLoop, mean);
    this.#watchClock(wallMs - monotonicMs);
    if (!this.#warned && this.#worstLoop > eventLoopWarning) {
      this.#warned = true;
      return `The generator is getting busy (event loop ${percent(this.#worstLoop)}): above ${percent(eventLoopLimit)} its numbers cannot be trusted. Use fewer users or more workers.`;
    }
    return null;
  }

  /** Something outside the engine found a reason. */
  distrust(reason: string): void {
    this.#reasons.set(reason, reason);
  }

  /** Between two seconds the wall clock and the monotonic clock must move alike; a sleeping machine shows as a jump. */
  #watchClock(offset: number): void {
    if (this.#drift !== null && Math.abs(offset - this.#drift) > clockJumpLimitMs) {
      this.distrust(
        `the clock jumped by ${((offset - this.#drift) / 1000).toFixed(1)} s: the machine slept or its time was set`,
      );
    }
    this.#drift = offset;
  }

  /** Two seconds lay further apart than they may. */
  gap(ms: number): void {
    if (ms > clockJumpLimitMs)
      this.distrust(`nothing ran for ${(ms / 1000).toFixed(1)} s: the machine slept or was stopped`);
  }

  /** The reasons while the run goes on: lateness is not judged by the first seconds, when few frames were sent. */
  reasonsSoFar(lateness: LatencyHistogram, sinceStartMs: number): string[] {
    return this.reasons(sinceStartMs < latenessSettlesMs ? null : lateness);
  }

  reasons(lateness: LatencyHistogram | null): string[] {
    const reasons = [...this.#reasons.values()];
    const p99 = lateness?.percentile(99) ?? null;
    if (this.#slipped > 0)
      reasons.push(
        `${this.#slipped} ${this.#slipped === 1 ? 'call' : 'calls'} slipped more than 200 ms behind schedule`,
      );
    if (p99 !== null && p99 > latenessLimitMs)
      reasons.push(`frames were late: p99 ${p99.toFixed(1)} ms, limit ${latenessLimitMs} ms`);
    if (this.#worstLoop > eventLoopLimit)
      reasons.push(`the event loop was ${percent(this.#worstLoop)} busy, limit ${percent(eventLoopLimit)}`);
    if (this.#worstDelay > loopDelayLimitMs)
      reasons.push(
        `the event loop stood still for ${this.#worstDelay.toFixed(0)} ms, limit ${loopDelayLimitMs} ms`,
      );
    return reasons;
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
