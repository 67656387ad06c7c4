/**
 * Requests as they lie in the history: the columns of one report of a thread as bytes. Only columns that have values are
 * there; times are whole microseconds, `tokens_per_second` thousandths.
 *
 *     u8 version, u8 packed (1: the rest is deflated, RFC 1951), then
 *     u32 rows, u16 texts, per text: u16 bytes, UTF-8, then per column:
 *     u8 column, u8 width | 128 where some rows have no value, f64 base, rows × width bytes
 *
 * A value is base + what its bytes say, minus one where some rows have no value (0 says so). Bytes lie by significance:
 * first the lowest of all rows, which deflate makes the most of. A column that nearly always is another, or the difference
 * of two others, holds what it is more (`expected`).
 */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { requestOutcomes, type RequestRecord } from '#contract/requests';
import { noStatus, valueColumns, type RequestColumns, type ValueColumn } from '#engine/requests/columns';

const version = 1;
/** What is shorter is not worth the time. */
const leastToPack = 400;
const noValues = 128;
/** What is greater than this, either way, is cut to it: 2^47 µs are four years. */
const greatest = 2 ** 47;

const wholeColumns = [
  'step', 'vu', 'iteration', 'outcome', 'status', 'error', 'retries',
  'bytesSent', 'bytesReceived', 'checksPassed', 'checksFailed', 'excluded',
] as const; // prettier-ignore
type WholeColumn = (typeof wholeColumns)[number];
export type BlockColumn = WholeColumn | 'intendedAt' | 'sentAt' | ValueColumn;

/** By their number in the bytes. Only ever appended to. */
const columnNames: readonly BlockColumn[] = [...wholeColumns, 'intendedAt', 'sentAt', ...valueColumns];

/** What a column is expected to be: one, or one less another. A request is its queue and what follows; so are its parts. */
const expected: Partial<Record<BlockColumn, readonly [from: BlockColumn, less?: BlockColumn]>> = {
  sentAt: ['intendedAt'],
  queue: ['sentAt', 'intendedAt'],
  request_uncorrected: ['request', 'queue'],
  download: ['request_uncorrected', 'first_byte'],
};

const isWhole = (name: BlockColumn): name is WholeColumn => wholeColumns.some((whole) => whole === name);
const isStamp = (name: BlockColumn): name is 'intendedAt' | 'sentAt' =>
  name === 'intendedAt' || name === 'sentAt';

/** A column's values as the block holds them: whole numbers; NaN where there is none. */
function valuesOf(columns: RequestColumns, name: BlockColumn): Float64Array {
  if (isWhole(name)) return Float64Array.from(columns[name]);
  const given = isStamp(name) ? columns[name] : columns.values[name];
  const values = new Float64Array(columns.length);
  for (let i = 0; i < values.length; i++) {
    const value = given[i] ?? Number.NaN;
    values[i] = Number.isFinite(value)
      ? Math.max(-greatest, Math.min(greatest, Math.round(value * 1000)))
      : Number.NaN;
  }
  return values;
}

/** Adds (or takes off) what a column is expected to be; where that is not known it is 0. */
function shift(
  values: Float64Array,
  from: Float64Array,
  less: Float64Array | undefined,
  sign: 1 | -1,
): Float64Array {
  const shifted = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const guess = (from[i] ?? Number.NaN) - (less === undefined ? 0 : (less[i] ?? Number.NaN));
    shifted[i] = (values[i] ?? Number.NaN) + sign * (Number.isNaN(guess) ? 0 : guess);
  }
  return shifted;
}

interface Range {
  least: number;
  most: number;
  /** Rows without a value. */
  missing: number;
}

function rangeOf(values: Float64Array): Range {
  const range = { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY, missing: 0 };
  for (const value of values) {
    if (Number.isNaN(value)) range.missing++;
    else {
      if (value < range.least) range.least = value;
      if (value > range.most) range.most = value;
    }
  }
  return range;
}

/** Earliest and latest intended start in whole microseconds. */
export function spanOf({ intendedAt }: RequestColumns): [from: number, to: number] {
  const { least, most } = rangeOf(intendedAt);
  return least > most ? [0, 0] : [Math.floor(least * 1000), Math.ceil(most * 1000)];
}

function bytesFor(most: number): number {
  let width = 0;
  for (let rest = most; rest >= 1; rest = Math.floor(rest / 256)) width++;
  return width;
}

/** A column's bytes; null: it has no values, or is 0 throughout and of those that always have one. */
function encodeColumn(number: number, values: Float64Array, always: boolean): Buffer | null {
  const { least, most, missing } = rangeOf(values);
  if (missing === values.length || (always && least === 0 && most === 0)) return null;
  const plus = missing > 0 ? 1 : 0;
  const width = bytesFor(most - least + plus);
  const bytes = Buffer.allocUnsafe(10 + width * values.length);
  bytes[0] = number;
  bytes[1] = width | (missing > 0 ? noValues : 0);
  bytes.writeDoubleLE(least, 2);
  const rows = values.length;
  for (let i = 0; i < rows; i++) {
    const value = values[i] ?? Number.NaN;
    let rest = Number.isNaN(value) ? 0 : value - least + plus;
    for (let place = 10 + i, end = 10 + width * rows; place < end; place += rows) {
      const high = Math.floor(rest / 256);
      bytes[place] = rest - high * 256;
      rest = high;
    }
  }
  return bytes;
}

/** The bytes of some requests. */
export function encodeRequests(columns: RequestColumns): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt32LE(columns.length, 0);
  head.writeUInt16LE(columns.errors.length, 4);
  const parts: Buffer[] = [head];
  for (const error of columns.errors) {
    const text = Buffer.from(error, 'utf8').subarray(0, 0xffff);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(text.length, 0);
    parts.push(length, text);
  }
  const known = new Map<BlockColumn, Float64Array>();
  const values = (name: BlockColumn): Float64Array => {
    const found = known.get(name) ?? valuesOf(columns, name);
    known.set(name, found);
    return found;
  };
  columnNames.forEach((name, number) => {
    const guess = expected[name];
    const given = values(name);
    const left =
      guess === undefined
        ? given
        : shift(given, values(guess[0]), guess[1] === undefined ? undefined : values(guess[1]), -1);
    const bytes = encodeColumn(number, left, isWhole(name));
    if (bytes !== null) parts.push(bytes);
  });
  const plain = Buffer.concat(parts);
  if (plain.length >= leastToPack) {
    const packed = deflateRawSync(plain, { level: constants.Z_BEST_SPEED });
    if (packed.length < plain.length * 0.95) return Buffer.concat([Buffer.from([version, 1]), packed]);
  }
  return Buffer.concat([Buffer.from([version, 0]), plain]);
}

const excludedWords = [null, 'generator', 'warm_up'] as const;

/** Some requests that were read back; columns are made when they are asked for. */
export class RequestBlock {
  readonly length: number;
  /** A row's `error` counts in these from 1. */
  readonly errors: string[] = [];
  readonly #bytes: Buffer;
  /** Where the columns begin. */
  readonly #places = new Map<BlockColumn, number>();
  readonly #columns = new Map<BlockColumn, Float64Array>();

  /** Throws where the bytes are none of a block. */
  constructor(data: Buffer) {
    if (data[0] !== version) throw new Error(`Requests are of an unknown version (${data[0] ?? 'none'})`);
    this.#bytes = data[1] === 1 ? inflateRawSync(data.subarray(2)) : data.subarray(2);
    const bytes = this.#bytes;
    this.length = bytes.readUInt32LE(0);
    let at = 6;
    for (let texts = bytes.readUInt16LE(4); texts > 0; texts--) {
      const end = at + 2 + bytes.readUInt16LE(at);
      this.errors.push(bytes.toString('utf8', at + 2, end));
      at = end;
    }
    while (at < bytes.length) {
      const name = columnNames[bytes.readUInt8(at)];
      // A column that a later version added: what this one knows is read.
      if (name !== undefined) this.#places.set(name, at);
      at += 10 + (bytes.readUInt8(at + 1) & ~noValues) * this.length;
    }
    if (at > bytes.length) throw new Error('Requests are cut short');
  }

  /** Whole numbers (times in microseconds); NaN: that row has none. */
  column(name: BlockColumn): Float64Array {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const left = this.#decode(name);
    const guess = expected[name];
    const values =
      guess === undefined
        ? left
        : shift(left, this.column(guess[0]), guess[1] === undefined ? undefined : this.column(guess[1]), 1);
    this.#columns.set(name, values);
    return values;
  }

  /** Whether any row has a value. */
  has(name: BlockColumn): boolean {
    return this.#places.has(name);
  }

  #decode(name: BlockColumn): Float64Array {
    const rows = this.length;
    const values = new Float64Array(rows);
    const place = this.#places.get(name);
    if (place === undefined) return isWhole(name) ? values : values.fill(Number.NaN);
    const bytes = this.#bytes;
    const form = bytes.readUInt8(place + 1);
    const width = form & ~noValues;
    const base = bytes.readDoubleLE(place + 2);
    for (let byte = 0, scale = 1; byte < width; byte++, scale *= 256) {
      const from = place + 10 + byte * rows;
      for (let i = 0; i < rows; i++) values[i] = (values[i] ?? 0) + (bytes[from + i] ?? 0) * scale;
    }
    if (form >= noValues)
      for (let i = 0; i < rows; i++) values[i] = values[i] === 0 ? Number.NaN : base - 1 + (values[i] ?? 0);
    else if (base !== 0) for (let i = 0; i < rows; i++) values[i] = base + (values[i] ?? 0);
    return values;
  }

  /** Row `i` as a record; `id` is its number within the run. */
  record(i: number, id: number): RequestRecord {
    const whole = (name: WholeColumn) => this.column(name)[i] ?? 0;
    const ms = (name: BlockColumn) => {
      const micros = this.column(name)[i] ?? Number.NaN;
      return Number.isNaN(micros) ? null : micros / 1000;
    };
    const values = Object.fromEntries(valueColumns.map((name) => [name, ms(name)])) as Record<
      ValueColumn,
      number | null
    >;
    const status = whole('status');
    return {
      id,
      step: whole('step'),
      vu: whole('vu'),
      iteration: whole('iteration'),
      intendedAt: ms('intendedAt') ?? 0,
      sentAt: ms('sentAt'),
      outcome: requestOutcomes[whole('outcome')] ?? 'ok',
      status: status === noStatus ? null : status,
      error: this.errors[whole('error') - 1] ?? null,
      retries: whole('retries'),
      ...values,
      bytesSent: whole('bytesSent'),
      bytesReceived: whole('bytesReceived'),
      checksPassed: whole('checksPassed'),
      checksFailed: whole('checksFailed'),
      excluded: excludedWords[whole('excluded')] ?? null,
    };
  }
}
