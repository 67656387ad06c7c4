/** Random numbers of a given shape, from a seed: the same question has the same answer every time. */
import { Random } from '#engine/random';

export class Chance {
  readonly #random: Random;
  #spare: number | null = null;

  constructor(...seeds: number[]) {
    this.#random = new Random(...seeds);
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.#random.next();
  }

  /** Standard normal: Marsaglia's polar method (SIAM Review 6, 1964). */
  normal(): number {
    if (this.#spare !== null) {
      const kept = this.#spare;
      this.#spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * this.#random.next() - 1;
      const y = 2 * this.#random.next() - 1;
      const s = x * x + y * y;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /**
   * Gamma of a shape of at least 1 and scale 1: G. Marsaglia and W. W. Tsang, A simple method for generating gamma
   * variables, ACM Transactions on Mathematical Software 26 (2000).
   */
  gamma(shape: number): number {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      const u = this.#random.next();
      if (u > 0 && Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
    }
  }

  /** Beta of two shapes of at least 1: the share of one Gamma variable in the sum of two. */
  beta(a: number, b: number): number {
    const x = this.gamma(a);
    return x / (x + this.gamma(b));
  }
}
