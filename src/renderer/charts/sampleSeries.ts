/** A run's samples as columns, in the form the charts draw. Bounded however long the run; knows nothing of the screen. */
import { type Finding, GeneratorJudge } from '#contract/generator';
import type { GeneratorHealth, Sample } from '#contract/run';
import { ColumnStore, type Merging } from './columnStore.ts';
import { type RowRange, StoreFrame } from './storeFrame.ts';

/** Sums since the start of the load. */
export interface SeriesTotals {
  callsAttempted: number;
  callsConnected: number;
  callsFailed: number;
  callsDropped: number;
  turnsOk: number;
  turnsFailed: number;
  framesSent: number;
  framesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  errors: number;
  arrivalsAsked: number;
  arrivalsDropped: number;
  requestsOk: number;
  requestsFailed: number;
  iterations: number;
}

const summed = [
  'callsAttempted',
  'callsConnected',
  'callsFailed',
  'callsDropped',
  'turnsOk',
  'turnsFailed',
  'framesSent',
  'framesReceived',
  'bytesSent',
  'bytesReceived',
  'arrivalsAsked',
  'arrivalsDropped',
  'requestsOk',
  'requestsFailed',
  'iterations',
] as const;
type Summed = (typeof summed)[number];

/** Nothing yet. */
export function emptyTotals(): SeriesTotals {
  const sums = Object.fromEntries(summed.map((name) => [name, 0])) as Record<Summed, number>;
  return { ...sums, errors: 0 };
}

const peaks = {
  ttfaP50: ({ ttfa }) => ttfa.p50,
  ttfaP95: ({ ttfa }) => ttfa.p95,
  ttfaP99: ({ ttfa }) => ttfa.p99,
  bargeInP50: ({ bargeIn }) => bargeIn.p50,
  bargeInP95: ({ bargeIn }) => bargeIn.p95,
  requestP50: ({ request }) => request.p50,
  requestP95: ({ request }) => request.p95,
  requestP99: ({ request }) => request.p99,
  firstTokenP50: ({ firstToken }) => firstToken.p50,
  firstTokenP95: ({ firstToken }) => firstToken.p95,
  latenessP99: ({ generator }) => generator.latenessP99,
  eventLoop: ({ generator }) => generator.eventLoop,
  cpu: ({ generator }) => generator.cpu,
  runQueue: ({ generator }) => generator.runQueue,
} as const satisfies Record<string, (sample: Sample) => number | null>;
type Peak = keyof typeof peaks;

const users = ['asked', 'active', 'connecting'] as const;

/** Arrivals, calls and turns a second are of the last so many seconds: a second of a low rate holds one or none. */
export const arrivalsOver = 5;

/** Columns that are counts a second, and what they count. */
const rates = {
  arrivalsAsked: { of: 'arrivalsAsked', over: arrivalsOver },
  arrivalsStarted: { of: 'callsAttempted', over: arrivalsOver },
  arrivalsDropped: { of: 'arrivalsDropped', over: arrivalsOver },
  turnsOk: { of: 'turnsOk', over: arrivalsOver },
  turnsFailed: { of: 'turnsFailed', over: arrivalsOver },
  requestsOk: { of: 'requestsOk', over: 1 },
  requestsFailed: { of: 'requestsFailed', over: 1 },
  iterations: { of: 'iterations', over: arrivalsOver },
  framesSent: { of: 'framesSent', over: 1 },
  framesReceived: { of: 'framesReceived', over: 1 },
  bytesSent: { of: 'bytesSent', over: 1 },
  bytesReceived: { of: 'bytesReceived', over: 1 },
} as const satisfies Record<string, { of: Summed; over: number }>;
type Rate = keyof typeof rates;

export type ColumnName = Peak | (typeof users)[number] | Rate;
type Column = readonly (number | null)[];

function isRate(name: ColumnName): name is Rate {
  return name in rates;
}

/** Seconds of which the generator's single workers are kept. */
const keptHealth = 1500;
/** Samples of the stretch that is drawn finer. */
const mostFine = 6000;
const kindPrefix = 'error ';

const merging: Record<string, Merging> = {
  ...Object.fromEntries(Object.keys(peaks).map((name) => [name, 'max' as const])),
  ...Object.fromEntries(users.map((name) => [name, 'last' as const])),
  ...Object.fromEntries(summed.map((name) => [`sum ${name}`, 'sum' as const])),
};

function emptyStore(kinds: Iterable<string> = [], forgets = true): ColumnStore {
  const store = new ColumnStore(merging, forgets);
  for (const kind of kinds) store.addColumn(kindPrefix + kind, 'sum', 0);
  return store;
}

function valuesOf(sample: Sample): (name: string) => number {
  const values: Record<string, number | null> = {
    asked: sample.asked,
    active: sample.active,
    connecting: sample.connecting,
  };
  for (const [name, read] of Object.entries(peaks)) values[name] = read(sample);
  for (const name of summed) values[`sum ${name}`] = sample[name];
  return (name) =>
    name.startsWith(kindPrefix)
      ? (sample.errors[name.slice(kindPrefix.length)] ?? 0)
      : (values[name] ?? Number.NaN);
}

export class SampleSeries {
  #store = emptyStore();
  /** An old stretch in finer steps than the series keeps, as the history has it. */
  #fine: { from: number; to: number; store: ColumnStore } | null = null;
  readonly #kinds = new Set<string>();
  #health: { t: number; generator: GeneratorHealth }[] = [];
  #judge = new GeneratorJudge();
  #totals = emptyTotals();
  #last: Sample | null = null;
  #start = 0;
  #version = 0;
  readonly #frames = new Map<number, { version: number; frame: StoreFrame }>();

  /** Rows that are kept; fewer than seconds once the run is longer than a quarter of an hour. */
  get length(): number {
    return this.#store.length;
  }

  get last(): Sample | null {
    return this.#last;
  }

  get totals(): SeriesTotals {
    return this.#totals;
  }

  /** Seconds that the totals are of. */
  get seconds(): number {
    return this.#last ? Math.max(0, this.#last.t - this.#start) : 0;
  }

  /** Kinds of errors in the order in which they first came. */
  get errorKinds(): string[] {
    return [...this.#kinds];
  }

  /** What condemns the run by its seconds so far, the earliest first. (Lateness is judged over a whole run: not in here.) */
  get findings(): Finding[] {
    return this.#judge.findings();
  }

  /** Everything that is kept, as it is kept. */
  get t(): readonly number[] {
    return this.frame(1).t;
  }

  column(name: ColumnName): Column {
    return this.columnOf(this.frame(1), name);
  }

  /** Errors of one kind, per point. */
  errors(kind: string): Column {
    return this.#kinds.has(kind) ? this.errorsOf(this.frame(1), kind) : [];
  }

  /** Points of at least `step` seconds each. The same one until something changes. */
  frame(step: number): StoreFrame {
    const made = this.#frames.get(step);
    if (made?.version === this.#version) return made.frame;
    const frame = new StoreFrame(this.#ranges(), step);
    for (const [other, { version }] of this.#frames)
      if (version !== this.#version) this.#frames.delete(other);
    this.#frames.set(step, { version: this.#version, frame });
    return frame;
  }

  /** A column as a chart draws it. */
  columnOf(frame: StoreFrame, name: ColumnName): Column {
    if (!isRate(name)) return frame.column(name);
    const { of, over } = rates[name];
    return frame.rate(`sum ${of}`, over);
  }

  errorsOf(frame: StoreFrame, kind: string): Column {
    return frame.column(kindPrefix + kind);
  }

  /** How the generator fared in the second that ends at or after a moment; null where that is not kept. */
  generatorAt(seconds: number): { t: number; generator: GeneratorHealth } | null {
    const oldest = this.#health[0];
    if (!oldest || seconds < oldest.t - 60) return null;
    return this.#health.find(({ t }) => t >= seconds - 1e-6) ?? this.#health.at(-1) ?? null;
  }

  /** Adds a sample later than all others; false when it is not (it is here already). */
  push(sample: Sample): boolean {
    if (this.#last && sample.t <= this.#last.t) return false;
    if (!this.#last) this.#start = Math.max(0, sample.t - sample.span);
    for (const kind of Object.keys(sample.errors)) {
      this.#kinds.add(kind);
      this.#store.addColumn(kindPrefix + kind, 'sum', 0);
    }
    this.#store.push(sample.t, sample.span, valuesOf(sample));
    this.#health.push({ t: sample.t, generator: sample.generator });
    if (this.#health.length > keptHealth + 100) this.#health.splice(0, 100);
    this.#judge.second(judged(sample));
    for (const name of summed) this.#totals[name] += sample[name];
    for (const count of Object.values(sample.errors)) this.#totals.errors += count;
    this.#last = sample;
    this.#version += 1;
    return true;
  }

  /** Starts again from what the history holds. Samples must be in order of time; repeated ones are passed over. */
  replace(samples: readonly Sample[]): void {
    this.#store = emptyStore();
    this.#fine = null;
    this.#kinds.clear();
    this.#health = [];
    this.#judge = new GeneratorJudge();
    this.#totals = emptyTotals();
    this.#last = null;
    this.#version += 1;
    for (const sample of samples) this.push(sample);
  }

  /** The longest row that touches a stretch, seconds; 0 when there is none. What `refine` has brought counts. */
  coarsest(from: number, to: number): number {
    let longest = 0;
    for (const { store, from: first, to: end } of this.#ranges()) {
      for (let row = Math.max(first, store.rowAt(from)); row < end; row++) {
        if (store.t(row) - store.span(row) >= to) break;
        longest = Math.max(longest, store.span(row));
      }
    }
    return longest;
  }

  /** Draws a stretch from these samples instead of the coarser rows that are kept. One stretch at a time. */
  refine(samples: readonly Sample[]): void {
    const [first, last] = [samples[0], samples.at(-1)];
    this.#version += 1;
    this.#fine = null;
    if (!first || !last) return;
    const store = emptyStore(this.#kinds, false);
    for (const sample of samples.slice(-mostFine)) store.push(sample.t, sample.span, valuesOf(sample));
    this.#fine = { from: first.t - first.span, to: last.t, store };
  }

  /** Seconds since the start of the load of a stamp on the run's clock; null before the first sample. */
  secondsAt(stampMs: number): number | null {
    const last = this.#last;
    return last ? last.t + (stampMs - last.at) / 1000 : null;
  }

  #ranges(): RowRange[] {
    const store = this.#store;
    const all: RowRange = { store, from: 0, to: store.length };
    const fine = this.#fine;
    if (!fine) return [all];
    const before = store.rowAt(fine.from + 1e-6);
    const after = store.rowAt(fine.to + 1e-6);
    return [
      { store, from: 0, to: before },
      { store: fine.store, from: 0, to: fine.store.length },
      { store, from: after, to: store.length },
    ];
  }
}

/** Of seconds that were merged the worst says nothing about how long it lasted. */
function judged(sample: Sample): Pick<Sample, 'at' | 'generator'> {
  if (sample.span <= 1) return sample;
  return { at: sample.at, generator: { ...sample.generator, eventLoop: 0, runQueue: null, workers: [] } };
}
