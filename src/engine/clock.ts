/**
 * The one clock: `process.hrtime.bigint()`, the same for all threads of a process and, on Linux, for all processes.
 * Stamps are milliseconds with fractions since the run's base.
 */
export class Clock {
  readonly #baseNs: bigint;

  constructor(baseNs: bigint) {
    this.#baseNs = baseNs;
  }

  now(): number {
    return Number(process.hrtime.bigint() - this.#baseNs) / 1e6;
  }
}
