/** Which series a run has: each is told once with its id, and again when why it has no values changes. */
import type { SeriesInfo, SeriesPoint } from '#contract/series';

/** What one look brought. */
export interface Looked {
  begun: SeriesInfo[];
  points: SeriesPoint[];
}

export type NewSeries = Omit<SeriesInfo, 'id' | 'problem'>;

export class SeriesBook {
  readonly #firstId: number;
  readonly #known = new Map<string, SeriesInfo>();
  #untold: SeriesInfo[] = [];

  /** Ids go on from the first. */
  constructor(firstId = 1) {
    this.#firstId = firstId;
  }

  /** Whether a series has an id already. */
  knows(series: NewSeries): boolean {
    return this.#known.has(keyOf(series));
  }

  /** The id of a series. `problem`: why it has no values now. */
  id(series: NewSeries, problem: string | null): number {
    const key = keyOf(series);
    const known = this.#known.get(key);
    if (known?.problem === problem) return known.id;
    const info: SeriesInfo =
      known === undefined
        ? { ...series, id: this.#known.size + this.#firstId, problem }
        : { ...known, problem };
    this.#known.set(key, info);
    this.#untold = [...this.#untold.filter(({ id }) => id !== info.id), info];
    return info.id;
  }

  /** What has to be told since it was last asked. */
  take(): SeriesInfo[] {
    const untold = this.#untold;
    this.#untold = [];
    return untold;
  }
}

function keyOf({ group, of, name, unit }: NewSeries): string {
  return JSON.stringify([group, of, name, unit]);
}
