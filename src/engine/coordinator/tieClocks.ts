/**
 * One moment on both clocks. The wall clock has whole milliseconds, so the moment is where it changes (at most 1 ms of
 * waiting); `performance.timeOrigin` would be off after the machine has slept.
 */
export function tieClocks(): { baseNs: bigint; epochMs: number } {
  const before = Date.now();
  let epochMs = before;
  while (epochMs === before) epochMs = Date.now();
  return { baseNs: process.hrtime.bigint(), epochMs };
}
