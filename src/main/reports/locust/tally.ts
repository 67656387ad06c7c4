/** Response times counted the way Locust does, in whole milliseconds. */
import { reportedShares } from './headers.ts';

export class Tally {
  requests = 0;
  failures = 0;
  #timed = 0;
  #bytes = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;
  readonly #counts = new Map<number, number>();

  /** `ms` null: it has no time of its own (a connection that was refused). */
  add(ms: number | null, failed: boolean, bytes = 0): void {
    this.#bytes += bytes;
    this.requests++;
    if (failed) this.failures++;
    if (ms === null) return;
    this.#timed++;
    this.#sum += ms;
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
    const rounded = Math.round(ms);
    this.#counts.set(rounded, (this.#counts.get(rounded) ?? 0) + 1);
  }

  /** Whether any request had a time. */
  get timed(): boolean {
    return this.#timed > 0;
  }

  /** Mean size of an answer. */
  get averageBytes(): number {
    return this.requests === 0 ? 0 : this.#bytes / this.requests;
  }

  get average(): number {
    return this.#timed === 0 ? 0 : this.#sum / this.#timed;
  }

  get min(): number {
    return this.#timed === 0 ? 0 : this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** The lower of the two in the middle where there are two, as Locust has it. */
  get median(): number {
    return this.#timed === 0 ? 0 : (valuesAt(this.#counts, [Math.floor((this.#timed - 1) / 2)])[0] ?? 0);
  }

  /** Of `reportedShares`: the smallest value that at most so many of all reach beyond; null where nothing was timed. */
  percentiles(): number[] | null {
    if (this.#timed === 0) return null;
    return valuesAt(this.#counts, ranks(this.#timed));
  }
}

/** Place of each percentile among so many values in rising order: Locust rounds the rank down, the last is the greatest. */
function ranks(values: number): number[] {
  return reportedShares.map((share) => Math.min(values - 1, Math.floor(values * share)));
}

/** The values at these places of all values in rising order. */
function valuesAt(counts: ReadonlyMap<number, number>, places: readonly number[]): number[] {
  const rising = [...counts].sort((a, b) => a[0] - b[0]);
  return places.map((place) => {
    let before = 0;
    for (const [value, count] of rising) {
      before += count;
      if (place < before) return value;
    }
    return rising.at(-1)?.[0] ?? 0;
  });
}

/** The percentiles of a few values; zeros where there are none, as Locust writes a window without requests. */
export function percentilesOf(values: readonly number[]): number[] {
  if (values.length === 0) return reportedShares.map(() => 0);
  const rising = values.map(Math.round).sort((a, b) => a - b);
  return ranks(rising.length).map((place) => rising[place] ?? 0);
}
