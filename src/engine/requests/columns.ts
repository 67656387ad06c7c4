/** Requests that ended, in columns: what threads ship and the history keeps is a few typed arrays, not an object each. */
import type { RequestMetric } from '#contract/metrics';
import { requestOutcomes, type RequestOutcome, type RequestRecord } from '#contract/requests';

/** Values per request in ms (`tokens_per_second` in 1/s); NaN: not measured. */
export const valueColumns = [
  'request', 'request_uncorrected', 'queue', 'dns', 'tcp', 'tls', 'first_byte', 'download',
  'first_token', 'tokens_per_second', 'first_audio', 'final_result',
] as const satisfies readonly RequestMetric[]; // prettier-ignore
export type ValueColumn = (typeof valueColumns)[number];

/** Row i of every column is the i-th request. Each array is exactly `length` long and owns its memory. */
export interface RequestColumns {
  length: number;
  /** Index into `RunPlan.steps`. */
  step: Uint16Array;
  vu: Uint32Array;
  iteration: Uint32Array;
  intendedAt: Float64Array;
  /** NaN: it was never sent. */
  sentAt: Float64Array;
  /** Index into `requestOutcomes`. */
  outcome: Uint8Array;
  /** 0xffff: there was none. */
  status: Uint16Array;
  /** Index into `errors` from 1; 0: none. */
  error: Uint16Array;
  errors: string[];
  retries: Uint8Array;
  bytesSent: Float64Array;
  bytesReceived: Float64Array;
  checksPassed: Uint8Array;
  checksFailed: Uint8Array;
  /** 0: counted, 1: `generator`, 2: `warm_up`. */
  excluded: Uint8Array;
  values: Record<ValueColumn, Float32Array>;
}

/** Iterations that ended. `group` indexes `RunPlan.users`. */
export interface IterationColumns {
  length: number;
  group: Uint16Array;
  intendedAt: Float64Array;
  iteration: Float32Array;
  iteration_uncorrected: Float32Array;
  /** 1: none of its requests failed; 2: cut by the end of the run. */
  ok: Uint8Array;
}

/** No status. */
export const noStatus = 0xffff;

/** A request that ended, as its user tells it: durations ms, null where nothing was measured. */
export interface EndedRequest extends Partial<Record<ValueColumn, number | null>> {
  step: number;
  vu: number;
  iteration: number;
  intendedAt: number;
  sentAt: number | null;
  outcome: RequestOutcome;
  status: number | null;
  error: string | null;
  retries: number;
  bytesSent: number;
  bytesReceived: number;
  checksPassed: number;
  checksFailed: number;
  excluded: 'generator' | null;
}

function columnsOf(size: number): RequestColumns {
  return {
    length: 0,
    step: new Uint16Array(size),
    vu: new Uint32Array(size),
    iteration: new Uint32Array(size),
    intendedAt: new Float64Array(size),
    sentAt: new Float64Array(size),
    outcome: new Uint8Array(size),
    status: new Uint16Array(size),
    error: new Uint16Array(size),
    errors: [],
    retries: new Uint8Array(size),
    bytesSent: new Float64Array(size),
    bytesReceived: new Float64Array(size),
    checksPassed: new Uint8Array(size),
    checksFailed: new Uint8Array(size),
    excluded: new Uint8Array(size),
    values: Object.fromEntries(valueColumns.map((name) => [name, new Float32Array(size)])) as Record<
      ValueColumn,
      Float32Array
    >,
  };
}

const firstSize = 256;

const outcomeNumbers = Object.fromEntries(requestOutcomes.map((outcome, i) => [outcome, i])) as Record<
  RequestOutcome,
  number
>;

/** Collects the requests of a second. */
export class RequestCollector {
  #columns = columnsOf(firstSize);
  #size = firstSize;
  #errors = new Map<string, number>();

  get length(): number {
    return this.#columns.length;
  }

  add(request: EndedRequest): void {
    if (this.#columns.length === this.#size) this.#grow();
    const columns = this.#columns;
    const i = columns.length++;
    columns.step[i] = request.step;
    columns.vu[i] = request.vu;
    columns.iteration[i] = request.iteration;
    columns.intendedAt[i] = request.intendedAt;
    columns.sentAt[i] = request.sentAt ?? Number.NaN;
    columns.outcome[i] = outcomeNumbers[request.outcome];
    columns.status[i] = request.status ?? noStatus;
    columns.error[i] = request.error === null ? 0 : this.#errorNumber(request.error);
    columns.retries[i] = Math.min(255, request.retries);
    columns.bytesSent[i] = request.bytesSent;
    columns.bytesReceived[i] = request.bytesReceived;
    columns.checksPassed[i] = Math.min(255, request.checksPassed);
    columns.checksFailed[i] = Math.min(255, request.checksFailed);
    columns.excluded[i] = request.excluded === null ? 0 : 1;
    const { values } = columns;
    // One by one: a loop over their names costs three times as much.
    values.request[i] = request.request ?? Number.NaN;
    values.request_uncorrected[i] = request.request_uncorrected ?? Number.NaN;
    values.queue[i] = request.queue ?? Number.NaN;
    values.dns[i] = request.dns ?? Number.NaN;
    values.tcp[i] = request.tcp ?? Number.NaN;
    values.tls[i] = request.tls ?? Number.NaN;
    values.first_byte[i] = request.first_byte ?? Number.NaN;
    values.download[i] = request.download ?? Number.NaN;
    values.first_token[i] = request.first_token ?? Number.NaN;
    values.tokens_per_second[i] = request.tokens_per_second ?? Number.NaN;
    values.first_audio[i] = request.first_audio ?? Number.NaN;
    values.final_result[i] = request.final_result ?? Number.NaN;
  }

  #errorNumber(error: string): number {
    const known = this.#errors.get(error);
    if (known !== undefined) return known;
    this.#columns.errors.push(error);
    this.#errors.set(error, this.#columns.errors.length);
    return this.#columns.errors.length;
  }

  #grow(): void {
    this.#size *= 2;
    const { length, errors } = this.#columns;
    const grown = columnsOf(this.#size);
    copyInto(grown, this.#columns);
    this.#columns = { ...grown, length, errors };
  }

  /** What was added since the last time; null: nothing. */
  take(): RequestColumns | null {
    if (this.#columns.length === 0) return null;
    const taken = trimmed(this.#columns);
    // The next second will be much like this one.
    if (taken.length * 4 < this.#size) this.#size = Math.max(firstSize, this.#size / 2);
    this.#columns = columnsOf(this.#size);
    this.#errors = new Map();
    return taken;
  }
}

const arrayNames = [
  'step', 'vu', 'iteration', 'intendedAt', 'sentAt', 'outcome', 'status', 'error', 'retries',
  'bytesSent', 'bytesReceived', 'checksPassed', 'checksFailed', 'excluded',
] as const; // prettier-ignore

function copyInto(to: RequestColumns, from: RequestColumns): void {
  for (const name of arrayNames) to[name].set(from[name]);
  for (const name of valueColumns) to.values[name].set(from.values[name]);
}

function trimmed(columns: RequestColumns): RequestColumns {
  const { length } = columns;
  const out = { ...columnsOf(0), length, errors: columns.errors };
  for (const name of arrayNames) Object.assign(out, { [name]: columns[name].slice(0, length) });
  for (const name of valueColumns) out.values[name] = columns.values[name].slice(0, length);
  return out;
}

/** When a request ended; one whose time is not known ended when it was to begin. */
export function endOf(columns: RequestColumns, i: number): number {
  return (columns.intendedAt[i] ?? 0) + (known(columns.values.request[i]) ?? 0);
}

/** Only those rows, as columns of their own. */
export function onlyRows(columns: RequestColumns, isMeant: (i: number) => boolean): RequestColumns {
  const rows = Array.from({ length: columns.length }, (_, i) => i).filter(isMeant);
  const out = { ...columnsOf(rows.length), length: rows.length, errors: columns.errors };
  rows.forEach((from, to) => {
    for (const name of arrayNames) out[name][to] = columns[name][from] ?? 0;
    for (const name of valueColumns) out.values[name][to] = columns.values[name][from] ?? Number.NaN;
  });
  return out;
}

/** The memory of columns, to hand it over with a message instead of copying it. */
export function memoryOfColumns(columns: RequestColumns): ArrayBuffer[] {
  const arrays = [
    ...arrayNames.map((name) => columns[name]),
    ...valueColumns.map((name) => columns.values[name]),
  ];
  return arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * Whether a request's times count: it ended well, or its timeout expired, which is then its time. One that failed at once
 * would make a dead service look fast, so failures are counted, not timed.
 */
export function isTimed(columns: RequestColumns, i: number): boolean {
  const outcome = columns.outcome[i];
  return columns.excluded[i] === 0 && (outcome === timedOutcomes.ok || outcome === timedOutcomes.timeout);
}

const timedOutcomes = { ok: requestOutcomes.indexOf('ok'), timeout: requestOutcomes.indexOf('timeout') };

const excludedWords = [null, 'generator', 'warm_up'] as const;

function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Row `i` as a record. `id` is its number within the run. */
export function requestRecord(columns: RequestColumns, i: number, id: number): RequestRecord {
  const status = columns.status[i] ?? noStatus;
  const values = Object.fromEntries(
    valueColumns.map((name) => [name, known(columns.values[name][i])]),
  ) as Record<ValueColumn, number | null>;
  return {
    id,
    step: columns.step[i] ?? 0,
    vu: columns.vu[i] ?? 0,
    iteration: columns.iteration[i] ?? 0,
    intendedAt: columns.intendedAt[i] ?? 0,
    sentAt: known(columns.sentAt[i]),
    outcome: requestOutcomes[columns.outcome[i] ?? 0] ?? 'ok',
    status: status === noStatus ? null : status,
    error: columns.errors[(columns.error[i] ?? 0) - 1] ?? null,
    retries: columns.retries[i] ?? 0,
    ...values,
    bytesSent: columns.bytesSent[i] ?? 0,
    bytesReceived: columns.bytesReceived[i] ?? 0,
    checksPassed: columns.checksPassed[i] ?? 0,
    checksFailed: columns.checksFailed[i] ?? 0,
    excluded: excludedWords[columns.excluded[i] ?? 0] ?? null,
  };
}
