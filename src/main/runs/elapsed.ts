import type { RunClock } from '#contract/run';

/** Seconds since the start of the load, at this moment; never negative. */
export function elapsedS(clock: RunClock): number {
  return Math.max(0, Number(process.hrtime.bigint() - BigInt(clock.baseNs)) / 1e9);
}
