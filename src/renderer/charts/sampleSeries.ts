/** A run's samples as columns, in the form the charts draw. Grows in place; knows nothing of the screen. */
import { type Finding, GeneratorJudge } from '#contract/generator';
import type { GeneratorHealth, Sample } from '#contract/run';

/** Sums since the start of the load. */
export interface SeriesTotals {
  callsAttempted: number;
  callsConnected: number;
  callsFailed: number;
  callsDropped: number;
  turnsOk: number;
  turnsFailed: number;
  errors: number;
  arrivalsAsked: number;
  arrivalsDropped: number;
}

function emptyTotals(): SeriesTotals {
  return {
    callsAttempted: 0,
    callsConnected: 0,
    callsFailed: 0,
    callsDropped: 0,
    turnsOk: 0,
    turnsFailed: 0,
    errors: 0,
    arrivalsAsked: 0,
    arrivalsDropped: 0,
  };
}

export const columnNames = [
  'ttfaP50',
  'ttfaP95',
  'ttfaP99',
  'bargeInP50',
  'bargeInP95',
  'asked',
  'active',
  'connecting',
  'arrivalsAsked',
  'arrivalsStarted',
  'arrivalsDropped',
  'latenessP99',
  'eventLoop',
  'cpu',
  'runQueue',
] as const;
export type ColumnName = (typeof columnNames)[number];
type Column = (number | null)[];

/** Arrivals are shown over so many seconds: a second of a low rate holds one or none. */
export const arrivalsOver = 5;

/** Arrivals asked for, started and dropped each second, over the last seconds. */
interface ArrivalRates {
  asked: number;
  started: number;
  dropped: number;
}

function read(sample: Sample, rates: ArrivalRates, name: ColumnName): number | null {
  switch (name) {
    case 'ttfaP50':
      return sample.ttfa.p50;
    case 'ttfaP95':
      return sample.ttfa.p95;
    case 'ttfaP99':
      return sample.ttfa.p99;
    case 'bargeInP50':
      return sample.bargeIn.p50;
    case 'bargeInP95':
      return sample.bargeIn.p95;
    case 'latenessP99':
      return sample.generator.latenessP99;
    case 'eventLoop':
      return sample.generator.eventLoop;
    case 'cpu':
      return sample.generator.cpu;
    case 'runQueue':
      return sample.generator.runQueue;
    case 'arrivalsAsked':
      return rates.asked;
    case 'arrivalsStarted':
      return rates.started;
    case 'arrivalsDropped':
      return rates.dropped;
    default:
      return sample[name];
  }
}

function emptyColumns(): Record<ColumnName, Column> {
  return {
    ttfaP50: [],
    ttfaP95: [],
    ttfaP99: [],
    bargeInP50: [],
    bargeInP95: [],
    asked: [],
    active: [],
    connecting: [],
    arrivalsAsked: [],
    arrivalsStarted: [],
    arrivalsDropped: [],
    latenessP99: [],
    eventLoop: [],
    cpu: [],
    runQueue: [],
  };
}

export class SampleSeries {
  /** Seconds since the start of the load: the shared x axis. */
  readonly t: number[] = [];
  #columns = emptyColumns();
  readonly #errors = new Map<string, number[]>();
  #generator: GeneratorHealth[] = [];
  #judge = new GeneratorJudge();
  #totals = emptyTotals();
  #recent: Sample[] = [];
  #last: Sample | null = null;

  get length(): number {
    return this.t.length;
  }

  get last(): Sample | null {
    return this.#last;
  }

  get totals(): SeriesTotals {
    return this.#totals;
  }

  /** Kinds of errors in the order in which they first came. */
  get errorKinds(): string[] {
    return [...this.#errors.keys()];
  }

  /** What condemns the run by its seconds so far, the earliest first. (Lateness is judged over a whole run: not in here.) */
  get findings(): Finding[] {
    return this.#judge.findings();
  }

  /** How the generator fared in the second at an index of `t`. */
  generator(index: number): GeneratorHealth | null {
    return this.#generator[index] ?? null;
  }

  column(name: ColumnName): Column {
    return this.#columns[name];
  }

  /** Errors of one kind, per sample. */
  errors(kind: string): number[] {
    return this.#errors.get(kind) ?? [];
  }

  /** Adds a sample later than all others; false when it is not (it is here already). */
  push(sample: Sample): boolean {
    if (this.#last && sample.t <= this.#last.t) return false;
    this.t.push(sample.t);
    this.#generator.push(sample.generator);
    this.#judge.second(sample);
    const rates = this.#arrivalRates(sample);
    for (const name of columnNames) this.#columns[name].push(read(sample, rates, name));
    for (const kind of Object.keys(sample.errors)) {
      if (!this.#errors.has(kind)) this.#errors.set(kind, Array<number>(this.t.length - 1).fill(0));
    }
    for (const [kind, counts] of this.#errors) {
      const count = sample.errors[kind] ?? 0;
      counts.push(count);
      this.#totals.errors += count;
    }
    this.#totals.callsAttempted += sample.callsAttempted;
    this.#totals.callsConnected += sample.callsConnected;
    this.#totals.callsFailed += sample.callsFailed;
    this.#totals.callsDropped += sample.callsDropped;
    this.#totals.turnsOk += sample.turnsOk;
    this.#totals.turnsFailed += sample.turnsFailed;
    this.#totals.arrivalsAsked += sample.arrivalsAsked;
    this.#totals.arrivalsDropped += sample.arrivalsDropped;
    this.#last = sample;
    return true;
  }

  #arrivalRates(sample: Sample): ArrivalRates {
    this.#recent = [...this.#recent, sample].filter(({ t }) => t > sample.t - arrivalsOver);
    const seconds = Math.max(1, Math.min(arrivalsOver, sample.t));
    const mean = (count: (of: Sample) => number) =>
      this.#recent.reduce((sum, one) => sum + count(one), 0) / seconds;
    return {
      asked: mean((one) => one.arrivalsAsked),
      started: mean((one) => one.callsAttempted),
      dropped: mean((one) => one.arrivalsDropped),
    };
  }

  /** Starts again from what the history holds. Samples must be in order of time; repeated ones are passed over. */
  replace(samples: readonly Sample[]): void {
    this.t.length = 0;
    this.#columns = emptyColumns();
    this.#errors.clear();
    this.#generator = [];
    this.#judge = new GeneratorJudge();
    this.#totals = emptyTotals();
    this.#recent = [];
    this.#last = null;
    for (const sample of samples) this.push(sample);
  }

  /** Seconds since the start of the load of a stamp on the run's clock; null before the first sample. */
  secondsAt(stampMs: number): number | null {
    const last = this.#last;
    return last ? last.t + (stampMs - last.at) / 1000 : null;
  }
}
