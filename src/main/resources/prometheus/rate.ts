/** How fast a counter rises. */
export class CounterRate {
  #last: { value: number; atMs: number } | null = null;

  /**
   * Per second since the value before; null at the first one. A counter that is lower than before began anew: all of
   * it has come since then.
   */
  look(value: number, atMs: number): number | null {
    const last = this.#last;
    this.#last = { value, atMs };
    if (last === null || atMs <= last.atMs) return null;
    const risen = value < last.value ? value : value - last.value;
    return (risen * 1000) / (atMs - last.atMs);
  }
}
