/** What was sampled beside a run, as columns in the form the charts draw. Grows in place; knows nothing of the screen. */
import type { RunSeries, SeriesInfo, SeriesPoint } from '#contract/series';

interface Column {
  info: SeriesInfo;
  t: number[];
  values: (number | null)[];
}

/** One time axis and a column for each series asked for, of the same length. */
export interface AlignedColumns {
  t: readonly number[];
  columns: readonly (readonly (number | null)[])[];
}

export class SeriesColumns {
  readonly #columns = new Map<number, Column>();
  #version = 0;
  readonly #aligned = new Map<string, { version: number; data: AlignedColumns }>();

  /** The series there are, in the order in which they began. */
  get infos(): readonly SeriesInfo[] {
    return [...this.#columns.values()].map((column) => column.info);
  }

  /** Those of them that have values. */
  get drawn(): readonly SeriesInfo[] {
    return this.infos.filter(({ id }) => this.#columns.get(id)?.values.some((value) => value !== null));
  }

  /** Takes in what is new. A series that is told again is known better; points that are not later than its last are here already. */
  add(begun: readonly SeriesInfo[], points: readonly SeriesPoint[]): void {
    for (const info of begun) {
      const known = this.#columns.get(info.id);
      if (known) known.info = info;
      else this.#columns.set(info.id, { info, t: [], values: [] });
    }
    for (const { id, t, value } of points) {
      const column = this.#columns.get(id);
      if (!column || t <= (column.t.at(-1) ?? -Infinity)) continue;
      column.t.push(t);
      column.values.push(value);
    }
    this.#version += 1;
  }

  /** Starts again from what the history holds; what was heard since it was written stays. */
  replace(series: readonly RunSeries[]): void {
    const heard = new Map(this.#columns);
    this.#columns.clear();
    for (const { t, values, ...info } of series) {
      this.#columns.set(info.id, { info, t: [...t], values: [...values] });
    }
    for (const { info, t, values } of heard.values()) {
      const points = t.map((at, i) => ({ id: info.id, t: at, value: values[i] ?? null }));
      this.add(this.#columns.has(info.id) ? [] : [info], points);
    }
    this.#version += 1;
  }

  /** These series on one time axis: every moment that any of them has. */
  aligned(ids: readonly number[]): AlignedColumns {
    const key = ids.join(' ');
    const made = this.#aligned.get(key);
    if (made?.version === this.#version) return made.data;
    const data = align(ids.map((id) => this.#columns.get(id) ?? { t: [], values: [] }));
    this.#aligned.set(key, { version: this.#version, data });
    return data;
  }
}

function align(columns: readonly Pick<Column, 't' | 'values'>[]): AlignedColumns {
  const first = columns[0];
  const same = columns.every(
    ({ t }) => t.length === first?.t.length && t[0] === first.t[0] && t.at(-1) === first.t.at(-1),
  );
  if (first !== undefined && same) return { t: first.t, columns: columns.map(({ values }) => values) };
  const t = [...new Set(columns.flatMap((column) => column.t))].sort((a, b) => a - b);
  const place = new Map(t.map((at, index) => [at, index]));
  return {
    t,
    columns: columns.map((column) => {
      const values = Array<number | null>(t.length).fill(null);
      column.t.forEach((at, i) => {
        const index = place.get(at);
        if (index !== undefined) values[index] = column.values[i] ?? null;
      });
      return values;
    }),
  };
}
