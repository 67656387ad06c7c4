/**
 * Numbers over time that never grow out of hand: every second of the last 15 minutes, and the older a stretch is the more
 * seconds stand together in one row (2, 4, 8 …). Sums stay sums and peaks stay peaks; nothing is ever averaged.
 */

/** What becomes of a column's values when rows are put together. A value that is not there is NaN. */
export type Merging = 'sum' | 'max' | 'last';

/** The newest so many seconds are kept one by one. */
export const keptFullS = 900;
const compactedEvery = 128;
const firstCapacity = 1024;

interface Column {
  merging: Merging;
  values: Float64Array<ArrayBuffer>;
}

/** How many seconds may stand together in a row that ended so many seconds before the newest one. */
export function mostTogether(age: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(0, age) / keptFullS + 1));
}

/** Two values of a column as one. */
export function mergeValues(merging: Merging, earlier: number, later: number): number {
  if (merging === 'last') return later;
  if (Number.isNaN(earlier)) return later;
  if (Number.isNaN(later)) return earlier;
  return merging === 'sum' ? earlier + later : Math.max(earlier, later);
}

export class ColumnStore {
  #t = new Float64Array(firstCapacity);
  #span = new Float64Array(firstCapacity);
  readonly #columns = new Map<string, Column>();
  #length = 0;
  #sinceCompacted = 0;
  readonly #forgets: boolean;

  /** One that does not forget keeps every row as it came: for a stretch whose length is bounded otherwise. */
  constructor(columns: Readonly<Record<string, Merging>>, forgets = true) {
    this.#forgets = forgets;
    for (const [name, merging] of Object.entries(columns)) this.addColumn(name, merging, Number.NaN);
  }

  get length(): number {
    return this.#length;
  }

  /** End of a row, seconds. */
  t(row: number): number {
    return this.#t[row] ?? Number.NaN;
  }

  /** Seconds a row covers. */
  span(row: number): number {
    return this.#span[row] ?? 0;
  }

  value(name: string, row: number): number {
    return this.#columns.get(name)?.values[row] ?? Number.NaN;
  }

  /** How the values of a column are put together. */
  merging(name: string): Merging {
    return this.#columns.get(name)?.merging ?? 'last';
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** A further column; the rows that are there have this value in it. */
  addColumn(name: string, merging: Merging, before: number): void {
    if (this.#columns.has(name)) return;
    const values = new Float64Array(this.#t.length).fill(Number.NaN);
    values.fill(before, 0, this.#length);
    this.#columns.set(name, { merging, values });
  }

  /** Adds a row that ends later than all others. */
  push(t: number, span: number, valueOf: (name: string) => number): void {
    if (this.#length === this.#t.length) this.#grow();
    const row = this.#length++;
    this.#t[row] = t;
    this.#span[row] = span;
    for (const [name, { values }] of this.#columns) values[row] = valueOf(name);
    if (++this.#sinceCompacted >= compactedEvery && this.#forgets) this.#compact();
  }

  /** First row that ends at or after a moment; `length` when none does. */
  rowAt(seconds: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.t(middle) < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const wider = (values: Float64Array<ArrayBuffer>) => {
      const more = new Float64Array(values.length * 2);
      more.set(values);
      return more;
    };
    this.#t = wider(this.#t);
    this.#span = wider(this.#span);
    for (const column of this.#columns.values()) column.values = wider(column.values);
  }

  #compact(): void {
    this.#sinceCompacted = 0;
    const newest = this.t(this.#length - 1);
    let kept = -1;
    for (let row = 0; row < this.#length; row++) {
      const together = kept < 0 ? Infinity : this.span(kept) + this.span(row);
      if (together <= mostTogether(newest - this.t(row))) {
        this.#t[kept] = this.t(row);
        this.#span[kept] = together;
        for (const { merging, values } of this.#columns.values())
          values[kept] = mergeValues(merging, values[kept] ?? Number.NaN, values[row] ?? Number.NaN);
        continue;
      }
      kept += 1;
      if (kept === row) continue;
      this.#t[kept] = this.t(row);
      this.#span[kept] = this.span(row);
      for (const { values } of this.#columns.values()) values[kept] = values[row] ?? Number.NaN;
    }
    this.#length = kept + 1;
  }
}
