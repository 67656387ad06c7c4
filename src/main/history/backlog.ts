/** What of a run still waits to be written, within bounds: the oldest turns, calls, errors and requests go first, each second's figures stay. */
import type { WriteItem } from './database/messages.ts';
import { countTaken } from './database/requests/taken.ts';

export interface BacklogBounds {
  /** Turns, calls and errors kept at most; about 1 KB of memory each. */
  keptRecords: number;
  /** Requests kept at most; about 100 bytes of memory each. The contents of one that are kept count for a hundred. */
  keptRequests: number;
  /** Seconds of which at least the figures are kept. */
  keptSeconds: number;
  /** Values of series kept at most; about 100 bytes of memory each. */
  keptValues: number;
}

/** What went for want of room. */
export interface Dropped {
  /** Turns, calls and errors. */
  records: number;
  requests: number;
  /** Whole seconds, figures and all. */
  seconds: number;
  /** Values of series. */
  values: number;
}

/** Nothing. */
export const nothingDropped: Dropped = { records: 0, requests: 0, seconds: 0, values: 0 };

type BatchItem = Extract<WriteItem, { kind: 'batch' }>;

const recordsOf = ({ batch }: BatchItem) => batch.turns.length + batch.calls.length + batch.errors.length;
const requestsOf = ({ batch }: BatchItem) =>
  (batch.requests ?? []).reduce<number>((sum, part) => sum + countTaken(part), 0);
/** What its requests take of the room for them. */
const roomOf = (item: BatchItem) => requestsOf(item) + 100 * (item.batch.kept ?? []).length;

const nothing = { turns: [], calls: [], errors: [], requests: [], kept: [] };

/** A second without its turns, calls, errors and requests. */
export function onlyFigures(item: WriteItem): WriteItem {
  if (item.kind !== 'batch') return item;
  return { ...item, batch: { ...nothing, sample: item.batch.sample } };
}

/** A second without its requests. */
function withoutItsRequests(item: BatchItem): WriteItem {
  const { sample, turns, calls, errors } = item.batch;
  return { ...item, batch: { ...nothing, sample, turns, calls, errors } };
}

/** Requests among the items. */
export function countRequests(items: readonly WriteItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === 'batch' ? requestsOf(item) : 0), 0);
}

/** Turns, calls and errors among the items. */
export function countRecords(items: readonly WriteItem[]): number {
  return items.reduce((sum, item) => sum + (item.kind === 'batch' ? recordsOf(item) : 0), 0);
}

/** Items in order, the oldest in front. */
export class Backlog {
  readonly #bounds: BacklogBounds;
  readonly #items: WriteItem[] = [];
  readonly #dropped: Dropped = { ...nothingDropped };
  #records = 0;
  /** What requests take (`roomOf`). */
  #room = 0;
  #seconds = 0;
  #values = 0;

  constructor(bounds: BacklogBounds) {
    this.#bounds = bounds;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Seconds that wait. */
  get seconds(): number {
    return this.#seconds;
  }

  get dropped(): Readonly<Dropped> {
    return this.#dropped;
  }

  /**
   * Adds an item; what has no room any more goes. The first `fixed` items may be on their way into the database at this
   * moment and are left as they are.
   */
  push(item: WriteItem, fixed: number): void {
    this.#items.push(item);
    if (item.kind === 'series') {
      this.#values += item.points.length;
      if (this.#values > this.#bounds.keptValues) this.#dropValues(fixed);
    }
    if (item.kind !== 'batch') return;
    this.#records += recordsOf(item);
    this.#room += roomOf(item);
    this.#seconds += 1;
    if (this.#records > this.#bounds.keptRecords) this.#dropRecords(fixed);
    if (this.#room > this.#bounds.keptRequests) this.#dropRequests(fixed);
    if (this.#seconds > this.#bounds.keptSeconds) this.#dropSecond(fixed);
  }

  front(count: number): WriteItem[] {
    return this.#items.slice(0, count);
  }

  /** Takes away what has been written. */
  removeFront(count: number): void {
    for (const item of this.#items.splice(0, count)) this.#forget(item);
  }

  /** Gives up the item in front, which can never be written. */
  dropFront(): void {
    const [item] = this.#items.splice(0, 1);
    if (item?.kind === 'batch') this.#drop(item);
    else if (item !== undefined) this.#forget(item);
    if (item?.kind === 'series') this.#dropped.values += item.points.length;
  }

  /** Everything that is left; nothing waits any more. */
  takeAll(): WriteItem[] {
    this.#records = 0;
    this.#room = 0;
    this.#seconds = 0;
    this.#values = 0;
    return this.#items.splice(0);
  }

  #forget(item: WriteItem): void {
    if (item.kind === 'series') this.#values -= item.points.length;
    if (item.kind !== 'batch') return;
    this.#records -= recordsOf(item);
    this.#room -= roomOf(item);
    this.#seconds -= 1;
  }

  #drop(item: BatchItem): void {
    this.#forget(item);
    this.#dropped.records += recordsOf(item);
    this.#dropped.requests += requestsOf(item);
    this.#dropped.seconds += 1;
  }

  #dropRequests(fixed: number): void {
    for (let i = fixed; i < this.#items.length && this.#room > this.#bounds.keptRequests; i++) {
      const item = this.#items[i];
      if (item?.kind !== 'batch' || roomOf(item) === 0) continue;
      this.#items[i] = withoutItsRequests(item);
      this.#room -= roomOf(item);
      this.#dropped.requests += requestsOf(item);
    }
  }

  #dropRecords(fixed: number): void {
    for (let i = fixed; i < this.#items.length && this.#records > this.#bounds.keptRecords; i++) {
      const item = this.#items[i];
      if (item?.kind !== 'batch') continue;
      const records = recordsOf(item);
      if (records === 0) continue;
      const { sample, requests, kept } = item.batch;
      this.#items[i] = { ...item, batch: { ...nothing, sample, requests, kept } };
      this.#records -= records;
      this.#dropped.records += records;
    }
  }

  /** The oldest values go; the series they belong to stay. */
  #dropValues(fixed: number): void {
    for (let i = fixed; i < this.#items.length && this.#values > this.#bounds.keptValues; i++) {
      const item = this.#items[i];
      if (item?.kind !== 'series') continue;
      this.#items[i] = { ...item, points: [] };
      this.#values -= item.points.length;
      this.#dropped.values += item.points.length;
    }
  }

  #dropSecond(fixed: number): void {
    const index = this.#items.findIndex((item, i) => i >= fixed && item.kind === 'batch');
    const [item] = index < 0 ? [] : this.#items.splice(index, 1);
    if (item?.kind === 'batch') this.#drop(item);
  }
}
