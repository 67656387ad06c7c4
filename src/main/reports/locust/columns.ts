/** Many requests in little memory (18 bytes each): a run of 300,000 turns has millions. */

const first = 4096;

export class RequestColumns {
  #seconds = new Uint32Array(first);
  #ms = new Float64Array(first);
  #what = new Uint16Array(first);
  #bytes = new Float32Array(first);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** `name` is an index below 32,768, `ms` null where there is none. */
  add(second: number, name: number, ms: number | null, failed: boolean, bytes = 0): void {
    if (this.#length === this.#seconds.length) this.#grow();
    this.#seconds[this.#length] = second;
    this.#ms[this.#length] = ms ?? Number.NaN;
    this.#what[this.#length] = name * 2 + (failed ? 1 : 0);
    this.#bytes[this.#length] = bytes;
    this.#length++;
  }

  /** Calls `see` for every request, by seconds. */
  bySecond(
    see: (second: number, name: number, ms: number | null, failed: boolean, bytes: number) => void,
  ): void {
    const order = Uint32Array.from({ length: this.#length }, (_, i) => i);
    order.sort((a, b) => (this.#seconds[a] ?? 0) - (this.#seconds[b] ?? 0) || a - b);
    for (const i of order) {
      const ms = this.#ms[i] ?? Number.NaN;
      const what = this.#what[i] ?? 0;
      see(
        this.#seconds[i] ?? 0,
        what >> 1,
        Number.isNaN(ms) ? null : ms,
        (what & 1) === 1,
        this.#bytes[i] ?? 0,
      );
    }
  }

  #grow(): void {
    const length = this.#length * 2;
    const seconds = new Uint32Array(length);
    seconds.set(this.#seconds);
    const ms = new Float64Array(length);
    ms.set(this.#ms);
    const what = new Uint16Array(length);
    what.set(this.#what);
    const bytes = new Float32Array(length);
    bytes.set(this.#bytes);
    [this.#seconds, this.#ms, this.#what, this.#bytes] = [seconds, ms, what, bytes];
  }
}
