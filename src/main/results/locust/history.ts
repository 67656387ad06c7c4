/** `_stats_history.csv`: how many users there were, and how requests went, about once a second. */
import type { Percentiles } from '#contract/run';
import type { RunSeries } from '#contract/series';
import { readCsv } from '../csv.ts';
import type { Progress, Reading, ResultFile } from '../files.ts';
import type { Moment } from '../foreign.ts';
import { firedByPack, voiceType } from '../voice.ts';
import { counted, countIn, msIn, numberIn, unescapeHtml } from '../words.ts';
import { percentileColumns, percentilesIn } from './percentiles.ts';
import { aggregated } from './stats.ts';

/** Requests whose course is kept, beside that of all. */
const mostCourses = 30;
const believable = { from: Date.UTC(2000, 0) / 1000, to: Date.UTC(2100, 0) / 1000 };

/** The course of one request, or of all of them. */
interface Course {
  t: number[];
  requests: (number | null)[];
  failures: (number | null)[];
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
}

interface Point {
  timestamp: number;
  users: number | null;
  type: string;
  name: string;
  rate: number | null;
  failureRate: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  count: number | null;
  failures: number | null;
}

export interface LocustHistory {
  /** Epoch seconds; null: it has no row. */
  first: number | null;
  last: number | null;
  moments: Moment[];
  series: Omit<RunSeries, 'id' | 'problem'>[];
  /** Requests have rows of their own: it was made with --csv-full-history, and percentiles are of the last 10 s. */
  full: boolean;
  notes: string[];
}

/** What was counted of a request until a moment. */
interface Counted {
  count: number;
  failures: number;
}

class Gatherer {
  readonly moments: Moment[] = [];
  readonly courses = new Map<string, { of: string; course: Course }>();
  first: number | null = null;
  last: number | null = null;
  full = false;
  backwards = 0;
  left = 0;
  #block: Point[] = [];
  readonly #before = new Map<string, Counted>();

  add(point: Point): void {
    const open = this.#block[0]?.timestamp;
    if (open !== undefined && point.timestamp !== open) this.close(false);
    if (this.last !== null && point.timestamp <= this.last) {
      this.backwards++;
      return;
    }
    this.#block.push(point);
  }

  /** Takes the rows of one moment in. Those of the last one may be cut off before the row of all. */
  close(atEnd: boolean): boolean {
    const block = this.#block;
    this.#block = [];
    const [some] = block;
    if (some === undefined) return true;
    const total = block.find(({ name, type }) => name === aggregated && type === '');
    if (total === undefined && atEnd) return false;
    this.first ??= some.timestamp;
    const t = some.timestamp - this.first;
    const span = this.last === null ? 1 : some.timestamp - this.last;
    this.last = some.timestamp;
    const moment: Moment = { t, span, users: (total ?? some).users, errors: {} };
    for (const point of block) this.#take(point, t, moment);
    if (total === undefined) this.left++;
    this.moments.push(moment);
    return true;
  }

  #take(point: Point, t: number, moment: Moment): void {
    const isTotal = point.name === aggregated && point.type === '';
    if (!isTotal) this.full = true;
    const key = isTotal ? aggregated : `${point.type} ${point.name}`;
    this.#courseOf(key, t, point);
    const before = this.#before.get(key) ?? { count: 0, failures: 0 };
    const count = Math.max(0, (point.count ?? before.count) - before.count);
    const failures = Math.max(0, (point.failures ?? before.failures) - before.failures);
    this.#before.set(key, {
      count: point.count ?? before.count,
      failures: point.failures ?? before.failures,
    });
    if (isTotal) {
      if (failures > 0) moment.errors.failed_request = failures;
    } else if (point.type === voiceType && firedByPack(point.name)) {
      voiceMoment(moment, point, count, failures);
    }
  }

  #courseOf(key: string, t: number, point: Point): void {
    let kept = this.courses.get(key);
    if (kept === undefined) {
      if (this.courses.size > mostCourses && key !== aggregated) return;
      kept = {
        of: key,
        course: { t: [], requests: [], failures: [], p50: [], p95: [], p99: [] },
      };
      this.courses.set(key, kept);
    }
    const { course } = kept;
    course.t.push(t);
    course.requests.push(point.rate);
    course.failures.push(point.failureRate);
    // Before the first request of a window Locust writes 0 there: nothing was measured.
    const measured = (ms: number | null) => (ms === 0 ? null : ms);
    course.p50.push(measured(point.p50));
    course.p95.push(measured(point.p95));
    course.p99.push(measured(point.p99));
  }
}

function voiceMoment(moment: Moment, point: Point, count: number, failures: number): void {
  const of = (): Percentiles => ({
    count,
    p50: point.p50 === 0 ? null : point.p50,
    p95: point.p95 === 0 ? null : point.p95,
    p99: point.p99 === 0 ? null : point.p99,
  });
  if (point.name === 'ttfa') moment.ttfa = of();
  if (point.name === 'barge_in') moment.bargeIn = of();
  if (point.name === 'connect') {
    moment.connect = of();
    moment.callsAttempted = count;
    moment.callsFailed = failures;
  }
  if (point.name === 'dropped') moment.callsDropped = count;
  if (point.name === 'turn_success') {
    moment.turnsOk = count - failures;
    moment.turnsFailed = failures;
  }
}

function seriesOf({ of, course }: { of: string; course: Course }): Omit<RunSeries, 'id' | 'problem'>[] {
  const one = (name: string, unit: 'ms' | '1/s', values: (number | null)[]) =>
    values.some((value) => value !== null)
      ? [{ group: 'imported' as const, of, name, unit, t: course.t, values }]
      : [];
  return [
    ...one('requests/s', '1/s', course.requests),
    ...one('failures/s', '1/s', course.failures),
    ...one('p50', 'ms', course.p50),
    ...one('p95', 'ms', course.p95),
    ...one('p99', 'ms', course.p99),
  ];
}

/** Reads it; a last block that was cut before its row of all is left out, and said. */
export async function readHistory(
  file: ResultFile,
  reading: Reading,
  progress: Progress | null,
): Promise<LocustHistory> {
  const gatherer = new Gatherer();
  let percentiles = new Map<number, string>();
  let odd = 0;
  const { cut } = await readCsv(
    file,
    reading,
    progress,
    (row) => {
      const timestamp = numberIn(row('Timestamp'));
      const name = row('Name');
      if (
        timestamp === null ||
        name === undefined ||
        timestamp < believable.from ||
        timestamp > believable.to
      ) {
        odd++;
        return;
      }
      const { p50, p95, p99 } = percentilesIn(row, percentiles);
      gatherer.add({
        timestamp: Math.floor(timestamp),
        users: countIn(row('User Count')),
        type: unescapeHtml(row('Type') ?? ''),
        name: unescapeHtml(name),
        rate: msIn(row('Requests/s')),
        failureRate: msIn(row('Failures/s')),
        p50,
        p95,
        p99,
        count: countIn(row('Total Request Count')),
        failures: countIn(row('Total Failure Count')),
      });
    },
    (columns) => {
      percentiles = percentileColumns(columns);
    },
  );
  const whole = gatherer.close(true);
  const notes: string[] = [];
  if (!whole || cut) notes.push(`The last second of ${file.name} is cut off and was left out.`);
  if (gatherer.left > 0)
    notes.push(
      `${counted(gatherer.left, 'second')} of ${file.name} had no row ${aggregated}; their rates over all requests are not known.`,
    );
  if (odd > 0)
    notes.push(
      `${counted(odd, 'row')} of ${file.name} had no time or name and ${odd === 1 ? 'was' : 'were'} left out.`,
    );
  if (gatherer.backwards > 0)
    notes.push(
      `${counted(gatherer.backwards, 'row')} of ${file.name} ${gatherer.backwards === 1 ? 'is' : 'are'} older than the rows before and ${gatherer.backwards === 1 ? 'was' : 'were'} left out: remains of what was written before the statistics were reset.`,
    );
  if (gatherer.courses.size > mostCourses)
    notes.push(`The course over time is kept of ${mostCourses} requests; the others are in the table alone.`);
  return {
    first: gatherer.first,
    last: gatherer.last,
    moments: gatherer.moments,
    series: [...gatherer.courses.values()].flatMap(seriesOf),
    full: gatherer.full,
    notes,
  };
}
