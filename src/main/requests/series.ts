/** Requests by name over time: how long they took, how many there were, how many failed. */
import type { RequestStep } from '#contract/requests';
import type { SeriesInfo, SeriesPoint } from '#contract/series';
import type { RunBatch } from '#engine/run';
import { isTimed, type RequestColumns } from '#engine/requests/columns';
import { requestOutcomes } from '#contract/requests';
import { SeriesBook, type NewSeries } from '../resources/book.ts';

/** Most names that have series. */
export const mostNames = 12;
/** Where there are more names, so many seconds with requests decide which are made most. */
const seconds = 5;
/** Percentiles are of the last so many seconds, as those of samples are. */
const windowS = 10;
/** Ids of what is watched beside the run begin at 1. */
const firstId = 100_001;

const [ok, cut] = [requestOutcomes.indexOf('ok'), requestOutcomes.indexOf('cut')];

/** Requests of one name in one second. */
interface Second {
  ended: number;
  failed: number;
  times: number[];
}

interface Told {
  begun: SeriesInfo[];
  points: SeriesPoint[];
}

/** Percentile by nearest rank; null: there are no values. */
function p95(times: readonly (readonly number[])[]): number | null {
  const sorted = Float64Array.from(times.flat()).sort();
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null;
}

export class RequestSeries {
  readonly #names: readonly (string | undefined)[];
  readonly #book = new SeriesBook(firstId);
  /** Seconds that wait for it to be known which names are told. */
  #waiting: { t: number; seconds: Map<string, Second> }[] = [];
  #told: readonly string[] | null;
  readonly #windows = new Map<string, number[][]>();

  /** `steps`: of the load, set-up and tear-down left out. */
  constructor(steps: readonly RequestStep[]) {
    const names: (string | undefined)[] = [];
    for (const { id, name } of steps) names[id] = name;
    this.#names = names;
    const different = [...new Set(steps.map(({ name }) => name))];
    this.#told = different.length <= mostNames ? different : null;
  }

  /** Takes in what ended in a second; gives what there is to tell. */
  add({ sample, requests }: Pick<RunBatch, 'sample' | 'requests'>): Told {
    const bySecond = new Map<string, Second>();
    for (const { columns } of requests) this.#count(columns, bySecond);
    this.#waiting.push({ t: sample.t, seconds: bySecond });
    this.#told ??= this.#mostMade();
    if (this.#told === null) return { begun: [], points: [] };
    const names = this.#told;
    const points = this.#waiting
      .splice(0)
      .flatMap(({ t, seconds: found }) => names.flatMap((name) => this.#points(name, t, found.get(name))));
    return { begun: this.#book.take(), points };
  }

  #count(columns: RequestColumns, into: Map<string, Second>): void {
    for (let i = 0; i < columns.length; i++) {
      const name = this.#names[columns.step[i] ?? 0];
      if (name === undefined || columns.outcome[i] === cut) continue;
      let second = into.get(name);
      if (second === undefined) into.set(name, (second = { ended: 0, failed: 0, times: [] }));
      second.ended += 1;
      if (columns.outcome[i] !== ok) second.failed += 1;
      const time = columns.values.request[i] ?? Number.NaN;
      if (isTimed(columns, i) && !Number.isNaN(time)) second.times.push(time);
    }
  }

  /** null: too few seconds had any. */
  #mostMade(): string[] | null {
    const counts = new Map<string, number>();
    const withAny = this.#waiting.filter(({ seconds: found }) => found.size > 0);
    if (withAny.length < seconds) return null;
    for (const { seconds: found } of withAny)
      for (const [name, { ended }] of found) counts.set(name, (counts.get(name) ?? 0) + ended);
    return [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, mostNames)
      .map(([name]) => name);
  }

  #points(of: string, t: number, second: Second | undefined): SeriesPoint[] {
    const times = this.#windows.get(of) ?? [];
    this.#windows.set(of, times);
    times.push(second?.times ?? []);
    if (times.length > windowS) times.shift();
    const point = (name: string, unit: NewSeries['unit'], value: number | null): SeriesPoint => {
      return { id: this.#book.id({ group: 'requests', of, name, unit }, null), t, value };
    };
    return [
      point('p95', 'ms', p95(times)),
      point('requests/s', '1/s', second?.ended ?? 0),
      point('failures/s', '1/s', second?.failed ?? 0),
    ];
  }
}
