/** How the fields of a record become columns of a table and come back. */
import type { Database, Statement } from 'better-sqlite3';
import type { TextNumbers } from './texts.ts';
import { textOf } from './texts.ts';

export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

/**
 * `plain`: as it is · `flag`: true and false as 1 and 0 · `text`: numbered in `texts` · `span`: milliseconds as whole
 * microseconds · `first`: the row's first stamp, likewise · `stamp`: a later one, counted from the first ·
 * `near`: one that often is the same as another · `between`: a span that is nearly always the time between two stamps.
 * What is expected is taken off, because SQLite keeps a 0 in no space at all; a stamp that is missing counts as 0.
 */
export type ColumnForm =
  | 'plain'
  | 'flag'
  | 'text'
  | 'span'
  | 'first'
  | 'stamp'
  | { near: string }
  | { between: [from: string, to: string] };

/** Every field of a record with the form of its column, which is called the same in snake_case. */
export type Columns<T> = Record<Extract<keyof T, string>, ColumnForm>;

/** A field's name as its column's. */
export const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toMicros = (ms: number) => Math.round(ms * 1000);

/** Writes and reads the records of one table whose key is (run, seq). */
export class RecordTable<T extends object> {
  readonly #fields: [field: string, form: ColumnForm][];
  readonly #first: string | undefined;
  readonly insertSql: string;
  /** `SELECT … FROM table r`, to be followed by a WHERE. */
  readonly selectSql: string;

  constructor(table: string, columns: Columns<T>) {
    this.#fields = Object.entries<ColumnForm>(columns);
    this.#first = this.#fields.find(([, form]) => form === 'first')?.[0];
    const names = this.#fields.map(([field]) => snakeCase(field));
    this.insertSql = `INSERT INTO ${table} (run, seq, ${names.join(', ')}) VALUES (?, ?${', ?'.repeat(names.length)})`;
    const selected = this.#fields.map(([field, form]) => {
      const column = snakeCase(field);
      return `${form === 'text' ? textOf(column) : `r.${column}`} AS "${field}"`;
    });
    this.selectSql = `SELECT ${selected.join(', ')} FROM ${table} r`;
  }

  /** SQL for the value of a field of a row `r`: the text, the number, whole microseconds; stamps count from the row's first. */
  sqlOf(field: Extract<keyof T, string>): string {
    const form = this.#form(field);
    const column = `r.${snakeCase(field)}`;
    if (form === 'text') return textOf(snakeCase(field));
    if (typeof form === 'string') return column;
    if (hasNear(form)) return this.#stampSql(field);
    const [from, to] = form.between.map((name) => this.#stampSql(name));
    return `(${column} + coalesce(${to} - ${from}, 0))`;
  }

  #form(field: string): ColumnForm {
    const form = this.#fields.find(([name]) => name === field)?.[1];
    if (form === undefined) throw new Error(`No column has ${field}`);
    return form;
  }

  #stampSql(field: string): string {
    const form = this.#form(field);
    const column = `r.${snakeCase(field)}`;
    if (typeof form === 'string' || !hasNear(form)) return column;
    return `(${column} + coalesce(${this.#stampSql(form.near)}, 0))`;
  }

  /** The values of a record in the order of the insert statement's columns. */
  encode(record: T, texts: TextNumbers): SqlValue[] {
    const values = new Map<string, unknown>(Object.entries(record));
    const first = this.#first === undefined ? 0 : values.get(this.#first);
    const base = typeof first === 'number' ? toMicros(first) : 0;
    const stamp = (field: string): number | null => {
      const value = values.get(field);
      return typeof value === 'number' ? toMicros(value) - base : null;
    };
    return this.#fields.map(([field, form]) => {
      const value = values.get(field);
      if (typeof value === 'boolean') return value ? 1 : 0;
      if (typeof value === 'number') {
        if (form === 'plain') return value;
        if (form === 'stamp') return toMicros(value) - base;
        if (typeof form === 'string') return toMicros(value);
        return (hasNear(form) ? toMicros(value) - base : toMicros(value)) - expected(form, stamp);
      }
      if (typeof value === 'string') return form === 'text' ? texts.number(value) : value;
      return null;
    });
  }

  /** A row of `selectSql` as the record it was. Whoever passes it on parses it. */
  decode(row: SqlRow): Record<string, unknown> {
    const first = this.#first === undefined ? 0 : row[this.#first];
    const base = typeof first === 'number' ? first : 0;
    const stamps = new Map<string, number>();
    const stamp = (field: string): number | null => stamps.get(field) ?? null;
    const record: Record<string, unknown> = {};
    for (const [field, form] of this.#fields) {
      const value = row[field] ?? null;
      if (typeof value !== 'number' || form === 'plain') record[field] = value;
      else if (form === 'flag') record[field] = value === 1;
      else {
        const micros = typeof form === 'string' ? value : value + expected(form, stamp);
        const isStamp = form === 'stamp' || (typeof form !== 'string' && hasNear(form));
        if (isStamp) stamps.set(field, micros);
        record[field] = (isStamp ? base + micros : micros) / 1000;
      }
    }
    return record;
  }

  prepareInsert(db: Database): Statement<SqlValue[]> {
    return db.prepare<SqlValue[]>(this.insertSql);
  }
}

type Expecting = Exclude<ColumnForm, string>;
const hasNear = (form: Expecting): form is { near: string } => 'near' in form;

/** What a column is expected to hold by the row's other stamps, in microseconds. */
function expected(form: Expecting, stamp: (field: string) => number | null): number {
  if (hasNear(form)) return stamp(form.near) ?? 0;
  const [from, to] = form.between.map(stamp);
  return typeof from === 'number' && typeof to === 'number' ? to - from : 0;
}
