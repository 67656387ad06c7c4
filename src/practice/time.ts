/** Stamps and deadlines are nanoseconds of the monotonic clock, `process.hrtime.bigint()`. */

/** Milliseconds as nanoseconds. */
export function nsOf(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** Nanoseconds as milliseconds. */
export function msOf(ns: bigint): number {
  return Number(ns) / 1e6;
}

export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
