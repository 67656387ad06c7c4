/**
 * What many values look like over time, in bounded memory: windows of time that become twice as long whenever there
 * are too many, each with its counts and a histogram of buckets 1 % wide. A percentile of a window is that of all its
 * values to half a percent; nothing is averaged.
 */

/** Most windows of a timeline. */
const mostWindows = 1200;
const smallestMs = 0.1;
const growth = Math.log(1.01);

function bucketOf(ms: number): number {
  return ms <= smallestMs ? 0 : Math.round(Math.log(ms / smallestMs) / growth);
}

function valueOf(bucket: number): number {
  return bucket === 0 ? smallestMs : smallestMs * Math.exp(bucket * growth);
}

/** Values of one kind within one window. */
export class Bin {
  count = 0;
  failures = 0;
  readonly #buckets = new Map<number, number>();
  #values = 0;

  add(ms: number | null, failed: boolean): void {
    this.count++;
    if (failed) this.failures++;
    if (ms === null) return;
    const bucket = bucketOf(ms);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#values++;
  }

  merge(other: Bin): void {
    this.count += other.count;
    this.failures += other.failures;
    this.#values += other.#values;
    for (const [bucket, count] of other.#buckets)
      this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
  }

  get values(): number {
    return this.#values;
  }

  /** By nearest rank, of each percentile asked for; null where there are no values. */
  percentiles(wanted: readonly number[]): (number | null)[] {
    if (this.#values === 0) return wanted.map(() => null);
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b);
    return wanted.map((percentile) => {
      const rank = Math.max(1, Math.ceil((percentile / 100) * this.#values));
      let seen = 0;
      for (const [bucket, count] of sorted) {
        seen += count;
        if (seen >= rank) return valueOf(bucket);
      }
      return null;
    });
  }
}

/** Everything within one window of time. */
export interface TimeWindow {
  /** Epoch seconds at which it begins; it is as long as the timeline's span. */
  from: number;
  bins: Map<string, Bin>;
  /** How often something was counted, by its word. */
  counts: Map<string, number>;
  /** The last level of something by its name: users of an engine. */
  levels: Map<string, number>;
}

export class Timeline {
  readonly #most: number;
  #span = 1;
  #windows = new Map<number, TimeWindow>();

  constructor(most = mostWindows) {
    this.#most = most;
  }

  /** Seconds of a window. */
  get span(): number {
    return this.#span;
  }

  /** A value of this key at this moment (epoch ms). */
  add(key: string, atMs: number, ms: number | null, failed: boolean): void {
    const { bins } = this.#at(atMs);
    let bin = bins.get(key);
    if (bin === undefined) bins.set(key, (bin = new Bin()));
    bin.add(ms, failed);
  }

  count(word: string, atMs: number, by = 1): void {
    const { counts } = this.#at(atMs);
    counts.set(word, (counts.get(word) ?? 0) + by);
  }

  level(name: string, atMs: number, value: number): void {
    this.#at(atMs).levels.set(name, value);
  }

  /** In order of time; those in which nothing was are not there. */
  windows(): TimeWindow[] {
    return [...this.#windows.values()].sort((a, b) => a.from - b.from);
  }

  #at(atMs: number): TimeWindow {
    const index = Math.floor(atMs / 1000 / this.#span);
    const known = this.#windows.get(index);
    if (known !== undefined) return known;
    const made: TimeWindow = {
      from: index * this.#span,
      bins: new Map(),
      counts: new Map(),
      levels: new Map(),
    };
    this.#windows.set(index, made);
    if (this.#windows.size <= this.#most) return made;
    this.#double();
    return this.#at(atMs);
  }

  #double(): void {
    this.#span *= 2;
    const merged = new Map<number, TimeWindow>();
    for (const window of this.windows()) {
      const index = Math.floor(window.from / this.#span);
      const into = merged.get(index);
      if (into === undefined) merged.set(index, { ...window, from: index * this.#span });
      else join(into, window);
    }
    this.#windows = merged;
  }
}

/** `later` lies behind `into`: its levels are the last ones. */
function join(into: TimeWindow, later: TimeWindow): void {
  for (const [key, bin] of later.bins) {
    const own = into.bins.get(key);
    if (own === undefined) into.bins.set(key, bin);
    else own.merge(bin);
  }
  for (const [word, count] of later.counts) into.counts.set(word, (into.counts.get(word) ?? 0) + count);
  for (const [name, value] of later.levels) into.levels.set(name, value);
}
