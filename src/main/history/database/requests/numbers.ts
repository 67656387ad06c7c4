/** A list of numbers that grows. */
export class Numbers {
  #values = new Float64Array(1024);
  length = 0;

  add(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  /** What it holds; changes with the next `add`. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}
