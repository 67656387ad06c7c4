/** The way through the steps of an iteration: groups by chance, and as often as they are repeated. */
import type { Random } from '../random.ts';
import type { JourneyStep } from './journey.ts';

export interface StepGroup {
  repeat: { from: number; to: number };
  probability: number;
  steps: readonly JourneyStep[];
}

/** A whole number by chance, both ends included. */
function between({ from, to }: { from: number; to: number }, random: Random): number {
  return from === to ? from : from + Math.floor(random.next() * (to - from + 1));
}

export class Walk {
  readonly #random: Random;
  #groups: readonly StepGroup[] = [];
  #group = -1;
  #step = 0;
  /** How often the group is still made, this time included. */
  #left = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  begin(groups: readonly StepGroup[]): void {
    this.#groups = groups;
    this.#group = -1;
    this.#left = 0;
  }

  /** null: it is through. */
  next(): JourneyStep | null {
    for (;;) {
      const steps = this.#groups[this.#group]?.steps;
      const step = this.#left > 0 ? steps?.[this.#step] : undefined;
      if (step !== undefined) {
        this.#step++;
        return step;
      }
      this.#step = 0;
      if (--this.#left > 0 && steps !== undefined && steps.length > 0) continue;
      const group = this.#groups[++this.#group];
      if (group === undefined) return null;
      const skipped = group.probability < 1 && this.#random.next() >= group.probability;
      this.#left = skipped ? 0 : between(group.repeat, this.#random);
    }
  }
}
