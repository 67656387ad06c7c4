/** Rows of column stores put together so far that a screen can show them: at most one for each step of time. */
import { type ColumnStore, mergeValues } from './columnStore.ts';

/** Rows `from` up to but not including `to`. */
export interface RowRange {
  store: ColumnStore;
  from: number;
  to: number;
}

interface Group {
  range: RowRange;
  from: number;
  to: number;
}

/** What a chart draws: one time axis and its columns, made when they are first asked for. */
export class StoreFrame {
  /** Ends of the points, seconds. */
  readonly t: number[] = [];
  /** Seconds that each point covers. */
  readonly span: number[] = [];
  readonly #groups: Group[] = [];
  readonly #made = new Map<string, (number | null)[]>();

  /** Rows whose ends lie within the same `step` seconds become one point. */
  constructor(ranges: readonly RowRange[], step: number) {
    for (const range of ranges) {
      let place = Number.NaN;
      for (let row = range.from; row < range.to; row++) {
        const t = range.store.t(row);
        // Seconds end a little before or after the full one.
        const at = Math.ceil((t - 0.5) / step);
        const group = at === place ? this.#groups.at(-1) : undefined;
        if (group) {
          group.to = row + 1;
          this.t[this.t.length - 1] = t;
          this.span[this.span.length - 1] = (this.span.at(-1) ?? 0) + range.store.span(row);
        } else {
          this.#groups.push({ range, from: row, to: row + 1 });
          this.t.push(t);
          this.span.push(range.store.span(row));
        }
        place = at;
      }
    }
  }

  get length(): number {
    return this.t.length;
  }

  /** Sums, peaks or last values, as the column has it; null where there is none. */
  column(name: string): (number | null)[] {
    return this.#once(name, () =>
      this.#groups.map(({ range: { store }, from, to }) => {
        let value = Number.NaN;
        const merging = store.merging(name);
        for (let row = from; row < to; row++)
          value = row === from ? store.value(name, row) : mergeValues(merging, value, store.value(name, row));
        return Number.isNaN(value) ? null : value;
      }),
    );
  }

  /** A column of sums, a second: over at least the last `over` seconds (fewer at the very start). */
  rate(name: string, over = 1): (number | null)[] {
    return this.#once(`${name}/${over}`, () => {
      const sums = this.column(name);
      let [first, sum, seconds] = [0, 0, 0];
      return sums.map((value, i) => {
        sum += value ?? 0;
        seconds += this.span[i] ?? 0;
        while (first < i && seconds - (this.span[first] ?? 0) >= over - 1e-6) {
          sum -= sums[first] ?? 0;
          seconds -= this.span[first] ?? 0;
          first += 1;
        }
        return seconds > 0 ? Math.max(0, sum) / seconds : null;
      });
    });
  }

  #once(key: string, make: () => (number | null)[]): (number | null)[] {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }
}
