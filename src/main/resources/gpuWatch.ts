import type { SeriesPoint } from '#contract/series';
import type { SeriesBook } from './book.ts';
import type { GpuReader } from './gpu.ts';

/** Looks at the GPUs of this machine. */
export class GpuWatch {
  readonly #read: GpuReader;
  readonly #book: SeriesBook;

  constructor(read: GpuReader, book: SeriesBook) {
    this.#read = read;
    this.#book = book;
  }

  /** Values at `t` seconds since the start of the load. */
  async look(t: number): Promise<SeriesPoint[]> {
    const points: SeriesPoint[] = [];
    for (const { name, busy, memory } of await this.#read()) {
      const series = { group: 'gpu', of: name } as const;
      if (busy !== null)
        points.push({ id: this.#book.id({ ...series, name: 'busy', unit: 'share' }, null), t, value: busy });
      if (memory !== null)
        points.push({
          id: this.#book.id({ ...series, name: 'memory', unit: 'bytes' }, null),
          t,
          value: memory,
        });
    }
    return points;
  }
}
