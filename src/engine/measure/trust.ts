/** The generator's own honesty: when its numbers may not be believed, why, and since when (MEASUREMENT.md). */
import { findingText, GeneratorJudge, generatorLimits, percent } from '#contract/generator';
import type { Sample } from '#contract/run';
import type { LatencyHistogram } from './histogram.ts';

const latenessLimitMs = generatorLimits.latenessP99.overloaded;
const clockJumpLimitMs = 5000;
const latenessSettlesMs = 10_000;

export class TrustWatch {
  readonly #judge = new GeneratorJudge();
  /** Reasons that do not come from the generator's figures. */
  readonly #others = new Set<string>();
  #lateSince: number | null = null;
  #drift: number | null = null;
  #warned = { eventLoop: false, waiting: false };

  /** Takes a second in; returns what the operator should be told now, if anything. */
  second(sample: Pick<Sample, 'at' | 'generator'>, wallMs: number): string | null {
    this.#judge.second(sample);
    if ((sample.generator.latenessP99 ?? 0) > latenessLimitMs) this.#lateSince ??= sample.at / 1000;
    this.#watchClock(wallMs, sample.at);
    return this.#warning();
  }

  /** Something outside the generator's figures is a reason; `atMs` is when, on the run's clock. */
  distrust(reason: string, atMs: number): void {
    this.#others.add(`${reason}, ${Math.round(atMs / 1000)} s into the run`);
  }

  #warning(): string | null {
    const { eventLoop, waiting, runQueue } = this.#judge.worst;
    const limits = generatorLimits;
    if (!this.#warned.eventLoop && eventLoop > limits.eventLoop.strained) {
      this.#warned.eventLoop = true;
      return `The generator is getting busy (event loop ${percent(eventLoop)}): above ${percent(limits.eventLoop.overloaded)} its numbers cannot be trusted. Use fewer users or more workers.`;
    }
    if (!this.#warned.waiting && (waiting > limits.waiting.strained || runQueue > limits.runQueue.strained)) {
      this.#warned.waiting = true;
      const [figure, limit] =
        waiting > limits.waiting.strained
          ? [`${percent(waiting)} of the time it has work`, limits.waiting.overloaded]
          : [`${percent(runQueue)} of the time`, limits.runQueue.overloaded];
      return `The generator waits for a core (${figure}): above ${percent(limit)} its numbers cannot be trusted. Close other programs on this machine or give it more cores.`;
    }
    return null;
  }

  /** Between two seconds the wall clock and the monotonic clock must move alike; a sleeping machine shows as a jump. */
  #watchClock(wallMs: number, monotonicMs: number): void {
    const offset = wallMs - monotonicMs;
    if (this.#drift !== null && Math.abs(offset - this.#drift) > clockJumpLimitMs) {
      const jump = ((offset - this.#drift) / 1000).toFixed(1);
      this.distrust(`the clock jumped by ${jump} s (the machine slept or its time was set)`, monotonicMs);
    }
    this.#drift = offset;
  }

  /** Two seconds lay further apart than they may. */
  gap(ms: number, atMs: number): void {
    if (ms > clockJumpLimitMs)
      this.distrust(`nothing ran for ${(ms / 1000).toFixed(1)} s (the machine slept or was stopped)`, atMs);
  }

  /** The reasons while the run goes on: lateness is not judged by the first seconds, when few frames were sent. */
  reasonsSoFar(lateness: LatencyHistogram, sinceStartMs: number): string[] {
    return this.reasons(sinceStartMs < latenessSettlesMs ? null : lateness);
  }

  reasons(lateness: LatencyHistogram | null): string[] {
    const p99 = lateness?.percentile(99) ?? null;
    const findings = this.#judge.findings();
    if (p99 !== null && p99 > latenessLimitMs) {
      const text = `frames were late: p99 ${p99.toFixed(1)} ms, limit ${latenessLimitMs} ms`;
      findings.unshift({ text, since: this.#lateSince ?? 0 });
    }
    return [...this.#others, ...findings.map(findingText)];
  }
}
