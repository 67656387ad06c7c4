/** Single requests, taken in one by one: counted by name, with a histogram each, their failures and their course. */
import type { Percentiles } from '#contract/run';
import type { RunSeries } from '#contract/series';
import { LatencyHistogram } from '#engine/measure/histogram';
import type { FailureGroup, Moment, ReadRequest } from './foreign.ts';
import { Timeline, type Bin, type TimeWindow } from './timeline.ts';
import { counted } from './words.ts';

/** Names that are told apart; a request beyond them counts as one of the others. */
const mostNames = 200;
/** Names with a course over time of their own. */
const mostCourses = 20;
const mostKinds = 300;
const others = '(others)';
const all = 'Aggregated';

/** One request. */
export interface SingleRequest {
  type: string;
  name: string;
  /** Epoch ms at which it began. */
  startMs: number;
  /** null: it has none. */
  elapsed: number | null;
  failed: boolean;
}

interface Named {
  type: string;
  name: string;
  count: number;
  failures: number;
  histogram: LatencyHistogram;
}

export interface TallyOutcome {
  startMs: number | null;
  endMs: number | null;
  requests: ReadRequest[];
  failures: FailureGroup[];
  moments: Moment[];
  series: Omit<RunSeries, 'id' | 'problem'>[];
  notes: string[];
  /** Seconds of one point of the course. */
  span: number;
}

export class RequestTally {
  readonly timeline: Timeline;
  readonly #named = new Map<string, Named>();
  readonly #failures = new Map<string, FailureGroup>();
  readonly #courses = new Set<string>();
  #start = Number.POSITIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;
  #overflow = false;

  constructor(timeline = new Timeline()) {
    this.timeline = timeline;
  }

  /** Something was seen at this moment, so the run was going on. */
  seen(atMs: number): void {
    if (atMs < this.#start) this.#start = atMs;
    if (atMs > this.#end) this.#end = atMs;
  }

  add(request: SingleRequest): void {
    const { startMs, elapsed, failed } = request;
    const endMs = startMs + (elapsed ?? 0);
    this.seen(startMs);
    this.seen(endMs);
    const named = this.#nameOf(request);
    named.count++;
    if (failed) named.failures++;
    if (elapsed !== null) named.histogram.record(elapsed);
    this.timeline.add('', endMs, elapsed, failed);
    const key = keyOf(named);
    if (this.#courses.has(key)) this.timeline.add(key, endMs, elapsed, failed);
  }

  /** Why a request failed, or something else that did. */
  failure(kind: string, message: string, atMs: number, count = 1): void {
    let group = this.#failures.get(kind);
    if (group === undefined) {
      const full = this.#failures.size >= mostKinds;
      const name = full ? 'other errors' : kind;
      group = this.#failures.get(name) ?? { kind: name, message, count: 0, firstMs: atMs, lastMs: atMs };
      this.#failures.set(name, group);
    }
    group.count += count;
    group.firstMs = Math.min(group.firstMs ?? atMs, atMs);
    group.lastMs = Math.max(group.lastMs ?? atMs, atMs);
    this.timeline.count(group.kind, atMs, count);
  }

  /** What came together. `users`: whether levels of users were given to the timeline. */
  outcome(users: boolean): TallyOutcome {
    const started = Number.isFinite(this.#start);
    const startMs = started ? this.#start : null;
    const windows = this.timeline.windows();
    const notes: string[] = [];
    const refused = [...this.#named.values()].reduce((sum, { histogram }) => sum + histogram.refused, 0);
    if (refused > 0)
      notes.push(
        `${counted(refused, 'response time')} longer than 10 minutes ${refused === 1 ? 'is' : 'are'} counted, but not in the percentiles.`,
      );
    if (this.#overflow)
      notes.push(
        `There are more than ${mostNames} names; requests of the others are counted together as ${others}.`,
      );
    return {
      startMs,
      endMs: started ? this.#end : null,
      requests: [...this.#named.values()].map(readRequest),
      failures: [...this.#failures.values()],
      moments: startMs === null || !users ? [] : this.#moments(windows, startMs),
      series: startMs === null ? [] : this.#series(windows, startMs),
      notes,
      span: this.timeline.span,
    };
  }

  #nameOf({ type, name }: SingleRequest): Named {
    const key = `${type} ${name}`;
    const known = this.#named.get(key);
    if (known !== undefined) return known;
    const full = this.#named.size >= mostNames;
    if (full) this.#overflow = true;
    const own = full ? ` ${others}` : key;
    const kept = this.#named.get(own);
    if (kept !== undefined) return kept;
    const made = {
      type: full ? '' : type,
      name: full ? others : name,
      count: 0,
      failures: 0,
      histogram: new LatencyHistogram(),
    };
    this.#named.set(own, made);
    if (this.#courses.size < mostCourses) this.#courses.add(keyOf(made));
    return made;
  }

  /** Users are the sum of each source's last level; a source that says nothing more has none left. */
  #moments(windows: readonly TimeWindow[], startMs: number): Moment[] {
    const lastOf = new Map<string, number>();
    windows.forEach(({ levels }, index) => {
      for (const name of levels.keys()) lastOf.set(name, index);
    });
    const level = new Map<string, number>();
    return windows.map((window, index) => {
      for (const [name, value] of window.levels) level.set(name, value);
      let users = 0;
      for (const [name, value] of level) if ((lastOf.get(name) ?? -1) >= index) users += value;
      return {
        t: this.#timeOf(window, startMs),
        span: this.timeline.span,
        users,
        errors: Object.fromEntries(window.counts),
        ...this.#voice(window),
      };
    });
  }

  /** What a pack's requests say of a stretch; of others nothing. */
  #voice({ bins }: TimeWindow): Partial<Moment> {
    const of = (name: string) => bins.get(` ${name}`) ?? bins.get(`voice ${name}`);
    const turns = of('turn_success');
    const connect = of('connect');
    if (of('ttfa') === undefined && turns === undefined) return {};
    return {
      ttfa: spreadOf(of('ttfa')),
      bargeIn: spreadOf(of('barge_in')),
      connect: spreadOf(connect),
      callsAttempted: connect?.count ?? 0,
      callsFailed: connect?.failures ?? 0,
      callsDropped: of('dropped')?.count ?? 0,
      turnsOk: (turns?.count ?? 0) - (turns?.failures ?? 0),
      turnsFailed: turns?.failures ?? 0,
    };
  }

  #series(windows: readonly TimeWindow[], startMs: number): TallyOutcome['series'] {
    const { span } = this.timeline;
    const t = windows.map((window) => this.#timeOf(window, startMs));
    return ['', ...this.#courses].flatMap((key) => {
      const bins = windows.map(({ bins: all }) => all.get(key));
      const percentiles = bins.map((bin) => bin?.percentiles([50, 95, 99]) ?? [null, null, null]);
      const one = (name: string, unit: 'ms' | '1/s', values: (number | null)[]) =>
        values.some((value) => value !== null)
          ? [{ group: 'imported' as const, of: key === '' ? all : key.trim(), name, unit, t, values }]
          : [];
      return [
        ...one(
          'requests/s',
          '1/s',
          bins.map((bin) => (bin?.count ?? 0) / span),
        ),
        ...one(
          'failures/s',
          '1/s',
          bins.map((bin) => (bin?.failures ?? 0) / span),
        ),
        ...one(
          'p50',
          'ms',
          percentiles.map(([p50]) => p50 ?? null),
        ),
        ...one(
          'p95',
          'ms',
          percentiles.map(([, p95]) => p95 ?? null),
        ),
        ...one(
          'p99',
          'ms',
          percentiles.map(([, , p99]) => p99 ?? null),
        ),
      ];
    });
  }

  /** End of a window, in seconds since the start. */
  #timeOf(window: TimeWindow, startMs: number): number {
    return Math.max(0, window.from + this.timeline.span - startMs / 1000);
  }
}

const keyOf = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;

function spreadOf(bin: Bin | undefined): Percentiles {
  const [p50, p95, p99] = bin?.percentiles([50, 95, 99]) ?? [];
  return { count: bin?.values ?? 0, p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}

function readRequest({ type, name, count, failures, histogram }: Named): ReadRequest {
  return {
    type,
    name,
    count,
    failures,
    latency: histogram.summary(),
    coarse: false,
    histogram: histogram.count > 0 ? histogram.encode() : null,
  };
}

/** How exact the course over time is, in words. */
export function courseWords(span: number): string {
  return `Percentiles over time are of ${span === 1 ? 'each second' : `stretches of ${span} s`}, to half a percent; those of the whole run come from a histogram of three digits.`;
}
