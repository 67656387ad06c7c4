/**
 * `PREFIX_stats_history.csv` as Locust writes it with --csv-full-history: a block of rows each second, one per name and
 * `Aggregated` last. Rates and percentiles are of the last ten seconds, totals since the start.
 */
import type { ReportSink } from '../source.ts';
import type { RequestColumns } from './columns.ts';
import { aggregated, historyHeader, locustLine, pythonFloat, reportedShares } from './headers.ts';
import type { LocustRequest } from './requests.ts';
import { percentilesOf, Tally } from './tally.ts';

/** Locust's window for what is current. */
const windowS = 10;

interface Second {
  values: number[];
  requests: number;
  failures: number;
}

/** One name (or all of them): since the start, and in each of the last seconds. */
class Course {
  readonly total = new Tally();
  readonly #recent = new Map<number, Second>();

  add(second: number, ms: number | null, failed: boolean, bytes: number): void {
    this.total.add(ms, failed, bytes);
    let now = this.#recent.get(second);
    if (now === undefined) this.#recent.set(second, (now = { values: [], requests: 0, failures: 0 }));
    now.requests++;
    if (failed) now.failures++;
    if (ms !== null) now.values.push(ms);
  }

  /** What happened in the `windowS` seconds up to and with this one; what is older is forgotten. */
  window(second: number): Second {
    const all: Second = { values: [], requests: 0, failures: 0 };
    for (const [at, one] of this.#recent) {
      if (at <= second - windowS) this.#recent.delete(at);
      else {
        for (const value of one.values) all.values.push(value);
        all.requests += one.requests;
        all.failures += one.failures;
      }
    }
    return all;
  }
}

export interface HistoryOptions {
  /** First and last second, Unix time. */
  from: number;
  to: number;
  /** Names of the requests by their index in the columns. */
  names: readonly Pick<LocustRequest, 'type' | 'name'>[];
  users: (second: number) => number;
}

function line(options: HistoryOptions, second: number, type: string, name: string, course: Course): string {
  const { total } = course;
  const recent = course.window(second);
  const over = Math.max(1, Math.min(windowS, second - options.from + 1));
  const percentiles = !total.timed ? reportedShares.map(() => 'N/A') : percentilesOf(recent.values);
  return locustLine([
    second,
    options.users(second),
    type,
    name,
    (recent.requests / over).toFixed(6),
    (recent.failures / over).toFixed(6),
    ...percentiles,
    total.requests,
    total.failures,
    total.median,
    pythonFloat(total.average),
    pythonFloat(total.min),
    pythonFloat(total.max),
    pythonFloat(total.averageBytes),
  ]);
}

export function writeHistory(sink: ReportSink, columns: RequestColumns, options: HistoryOptions): void {
  sink.write(locustLine(historyHeader));
  const byName = new Map<number, Course>();
  const all = new Course();
  let second = options.from;
  const blocksUpTo = (end: number) => {
    for (; second < end; second++) {
      const rows = [...byName]
        .map(([index, course]) => ({ type: '', name: '', ...options.names[index], course }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ type, name, course }) => line(options, second, type, name, course));
      sink.write(rows.join('') + line(options, second, '', aggregated, all));
    }
  };
  columns.bySecond((at, index, ms, failed, bytes) => {
    // A second is written once everything of it is known; what came before the first sample counts to it.
    const of = Math.max(at, options.from);
    if (of > second) blocksUpTo(of);
    let course = byName.get(index);
    if (course === undefined) byName.set(index, (course = new Course()));
    course.add(of, ms, failed, bytes);
    all.add(of, ms, failed, bytes);
  });
  blocksUpTo(Math.max(options.to, second) + 1);
}
