/** The four CSV files Locust writes with `--csv PREFIX`, of a run of ours. */
import type { RequestSummary, Sample } from '#contract/run';
import { checkGivenUp, type ReportSink, type ReportSource, type ReportWork } from '../source.ts';
import { RequestColumns } from './columns.ts';
import {
  aggregated,
  exceptionsHeader,
  failuresHeader,
  historyHeader,
  locustLine,
  pythonFloat,
  reportedShares,
  requestType,
  statsHeader,
} from './headers.ts';
import { writeHistory } from './history.ts';
import {
  requestNames,
  requestsOfCall,
  requestsOfRecord,
  requestsOfSample,
  requestsOfTurn,
  unixSecond,
  type LocustRequest,
} from './requests.ts';
import { Tally } from './tally.ts';

/** Where each of the four goes. */
export interface LocustSinks {
  stats: ReportSink;
  history: ReportSink;
  failures: ReportSink;
  exceptions: ReportSink;
}

/** What follows the prefix in each file's name. */
export const locustSuffixes = {
  stats: '_stats.csv',
  history: '_stats_history.csv',
  failures: '_failures.csv',
  exceptions: '_exceptions.csv',
} as const satisfies Record<keyof LocustSinks, string>;

interface Failure {
  type: string;
  name: string;
  error: string;
  count: number;
  /** Unix seconds. */
  first: number;
  last: number;
}

/** All requests of a run, counted. */
class Requests {
  readonly columns = new RequestColumns();
  readonly names: Pick<LocustRequest, 'type' | 'name'>[] = requestNames.map((name) => ({
    type: requestType,
    name,
  }));
  /** By the place of their name. */
  readonly tallies: (Tally | undefined)[] = [];
  readonly #places = new Map(requestNames.map((name, i) => [`${requestType} ${name}`, i]));
  readonly all = new Tally();
  readonly failures = new Map<string, Failure>();
  first = Infinity;
  last = -Infinity;
  readonly #source: ReportSource;

  constructor(source: ReportSource) {
    this.#source = source;
  }

  add(requests: readonly LocustRequest[]): void {
    for (const { type, name, at, ms, error, bytes } of requests) {
      const second = unixSecond(at, this.#source.detail.clock);
      this.first = Math.min(this.first, second);
      this.last = Math.max(this.last, second);
      const place = this.#placeOf(type, name);
      const tally = (this.tallies[place] ??= new Tally());
      tally.add(ms, error !== null, bytes);
      this.all.add(ms, error !== null, bytes);
      this.columns.add(second, place, ms, error !== null, bytes);
      if (error !== null) this.#failure({ type, name, error }, second);
    }
  }

  #placeOf(type: string, name: string): number {
    const key = `${type} ${name}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.names.length);
    return this.names.push({ type, name }) - 1;
  }

  #failure({ type, name, error }: Pick<Failure, 'type' | 'name' | 'error'>, second: number): void {
    const key = `${type} ${name}\n${error}`;
    const known = this.failures.get(key);
    if (known === undefined)
      this.failures.set(key, { type, name, error, count: 1, first: second, last: second });
    else {
      known.count++;
      known.first = Math.min(known.first, second);
      known.last = Math.max(known.last, second);
    }
  }
}

/** Writes all four. A run that was imported with requests of its own keeps their names; what is not known of them is `N/A`. */
export async function writeLocust(source: ReportSource, sinks: LocustSinks, work: ReportWork): Promise<void> {
  const { summary } = source.detail;
  const imported = summary?.steps === undefined ? (summary?.requests ?? []) : [];
  sinks.exceptions.write(locustLine(exceptionsHeader));
  if (imported.length > 0) return writeImported(source, imported, sinks);
  const samples = await source.samples();
  const found = new Requests(source);
  for (const sample of samples) found.add(requestsOfSample(sample));
  const totals = await source.totals();
  const records = Math.max(1, totals.turns + totals.calls + totals.requests);
  let read = 0;
  const step = (n: number) => {
    checkGivenUp(work);
    work.progress((0.9 * (read += n)) / records);
  };
  for await (const turns of source.turns()) {
    for (const turn of turns) found.add(requestsOfTurn(turn));
    step(turns.length);
  }
  for await (const calls of source.calls()) {
    for (const call of calls) found.add(requestsOfCall(call));
    step(calls.length);
  }
  const steps = (await source.aboutRequests())?.steps ?? [];
  const staged = new Set(summary?.stages?.map((stage) => stage.name));
  const ofTheLoad = steps.map((one) => (staged.has(one.user) ? undefined : one));
  for await (const requests of source.requests()) {
    for (const request of requests) found.add(requestsOfRecord(request, ofTheLoad));
    step(requests.length);
  }
  const { from, to, users } = usersOver(samples, source);
  const start = Math.min(from, found.first);
  if (Number.isFinite(start)) {
    const end = Math.max(to, found.last);
    writeHistory(sinks.history, found.columns, { from: start, to: end, names: found.names, users });
  } else sinks.history.write(locustLine(historyHeader));
  writeStats(sinks.stats, found);
  writeFailures(sinks.failures, [...found.failures.values()]);
  work.progress(1);
}

/** Calls that were up or being set up, by second. */
function usersOver(samples: readonly Sample[], { detail }: ReportSource) {
  const users = new Map<number, number>();
  for (const sample of samples)
    users.set(unixSecond(sample.at, detail.clock), sample.active + sample.connecting);
  const seconds = [...users.keys()];
  let latest = 0;
  return {
    from: seconds[0] ?? Infinity,
    to: seconds.at(-1) ?? -Infinity,
    /** Asked in order of time. */
    users: (second: number) => (latest = users.get(second) ?? latest),
  };
}

function statsLine(type: string, name: string, tally: Tally, seconds: number): string {
  return locustLine([
    type,
    name,
    tally.requests,
    tally.failures,
    tally.median,
    pythonFloat(tally.average),
    pythonFloat(tally.min),
    pythonFloat(tally.max),
    pythonFloat(tally.averageBytes),
    pythonFloat(tally.requests / seconds),
    pythonFloat(tally.failures / seconds),
    ...(tally.percentiles() ?? reportedShares.map(() => 'N/A')),
  ]);
}

function writeStats(sink: ReportSink, found: Requests): void {
  const seconds = Math.max(1, Number.isFinite(found.first) ? found.last - found.first + 1 : 1);
  sink.write(locustLine(statsHeader));
  const rows = found.tallies.flatMap((tally, i) =>
    tally ? [{ type: '', name: '', ...found.names[i], tally }] : [],
  );
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { type, name, tally } of rows) sink.write(statsLine(type, name, tally, seconds));
  sink.write(statsLine('', aggregated, found.all, seconds));
}

/** `2026-11-21T10:00:00Z`. */
const utc = (second: number) => new Date(second * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

function writeFailures(sink: ReportSink, failures: readonly Failure[]): void {
  sink.write(locustLine(failuresHeader));
  for (const { type, name, error, count, first, last } of failures)
    sink.write(locustLine([type, name, error, count, utc(first), utc(last)]));
}

/** Of another tool only the summaries are left: their own percentiles, none that would have to be guessed. */
function writeImported(source: ReportSource, requests: readonly RequestSummary[], sinks: LocustSinks): void {
  const seconds = Math.max(1, source.detail.summary?.duration_s ?? 1);
  sinks.stats.write(locustLine(statsHeader));
  const rows = [...requests].sort((a, b) =>
    isAggregate(a) === isAggregate(b) ? (a.name < b.name ? -1 : 1) : isAggregate(a) ? 1 : -1,
  );
  for (const row of rows) sinks.stats.write(importedLine(row, seconds));
  if (!rows.some(isAggregate)) sinks.stats.write(importedLine(sumOf(requests), seconds));
  sinks.history.write(locustLine(historyHeader));
  sinks.failures.write(locustLine(failuresHeader));
  for (const { type, name, failures } of rows)
    if (failures > 0 && name !== aggregated)
      sinks.failures.write(locustLine([type, name, 'error', failures, '', '']));
}

const isAggregate = ({ type, name }: RequestSummary) => type === '' && name === aggregated;

function sumOf(requests: readonly RequestSummary[]): RequestSummary {
  const nothing = {
    unit: 'ms', count: 0, min: null, mean: null, stddev: null,
    p50: null, p75: null, p90: null, p95: null, p99: null, p99_9: null, max: null,
  } as const; // prettier-ignore
  const sum = (of: (request: RequestSummary) => number) => requests.reduce((all, one) => all + of(one), 0);
  const count = sum((one) => one.count);
  const mins = requests.flatMap(({ latency }) => latency.min ?? []);
  const maxs = requests.flatMap(({ latency }) => latency.max ?? []);
  return {
    type: '',
    name: aggregated,
    count,
    failures: sum((one) => one.failures),
    latency: {
      ...nothing,
      min: mins.length === 0 ? null : Math.min(...mins),
      max: maxs.length === 0 ? null : Math.max(...maxs),
      mean: count === 0 ? null : sum((one) => (one.latency.mean ?? 0) * one.count) / count,
    },
    coarse: false,
  };
}

function importedLine({ type, name, count, failures, latency }: RequestSummary, seconds: number): string {
  const whole = (ms: number | null) => (ms === null ? 'N/A' : Math.round(ms));
  const float = (ms: number | null) => (ms === null ? 'N/A' : pythonFloat(ms));
  const { p50, p75, p90, p95, p99, p99_9, max, min, mean } = latency;
  return locustLine([
    type, name, count, failures, whole(p50), float(mean), float(min), float(max), pythonFloat(0),
    pythonFloat(count / seconds), pythonFloat(failures / seconds),
    ...[p50, null, p75, null, p90, p95, null, p99, p99_9, null, max].map(whole),
  ]); // prettier-ignore
}
