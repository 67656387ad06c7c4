/** The keys of one scenario of k6, or of the options themselves, read one after the other. */
import { masked, namesSecret } from '#contract/secrets';
import type { Notes } from '../notes.ts';
import { k6Duration, k6Ms, k6Number } from './units.ts';
import { isKnown, NotKnown, ValueMap, type Value } from './values.ts';

/** A value in few words, for a note; secrets masked. */
export function shown(name: string, value: Value): string {
  if (namesSecret(name)) return masked;
  if (value instanceof NotKnown) return '…';
  if (value instanceof ValueMap) return '{…}';
  if (Array.isArray(value)) return value.length === 1 ? '1 entry' : `${value.length} entries`;
  const text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? 'function' : String(value); // prettier-ignore
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Reads the keys of one scenario and notes what cannot be carried over. */
export class Reader {
  readonly #map: ValueMap;
  readonly #notes: Notes;
  readonly #from: string;
  readonly #read = new Set<string>(['executor']);
  /** Something without which there is no load. */
  missing: string | null = null;

  constructor(map: ValueMap, notes: Notes, from: string) {
    this.#map = map;
    this.#notes = notes;
    this.#from = from;
  }

  place(key: string): string {
    return this.#from === '' ? key : `${this.#from}.${key}`;
  }

  has(key: string): boolean {
    return this.#map.has(key) && (this.#map.get(key) ?? null) !== null;
  }

  /** A value of the right form, or the fallback; a wrong one is noted. */
  #value<T>(key: string, read: (value: Value) => T | null, must: string, fallback: T): T {
    this.#read.add(key);
    const value = this.#map.get(key);
    if ((value ?? null) === null) return fallback;
    const found = value instanceof NotKnown ? null : read(value);
    if (found !== null) return found;
    const why = value instanceof NotKnown ? `Its value cannot be read: ${value.why}.` : `It must be ${must}.`;
    this.#notes.leftOut(`${this.place(key)}: ${shown(key, value)}`, why);
    return fallback;
  }

  number<T extends number | null>(key: string, fallback: T): number | T {
    return this.#value<number | T>(key, k6Number, 'a number', fallback);
  }

  duration<T extends string | null>(key: string, fallback: T): string | T {
    return this.#value<string | T>(key, k6Duration, 'a time like 30s or 1m30s', fallback);
  }

  ms(key: string): number {
    return this.#value<number>(key, k6Ms, 'a time like 30s or 1m30s', 0);
  }

  stages(): { target: number; duration: string }[] {
    this.#read.add('stages');
    const stages = this.#map.get('stages');
    const found: { target: number; duration: string }[] = [];
    for (const [i, stage] of (Array.isArray(stages) ? stages : []).entries()) {
      const target = stage instanceof ValueMap ? k6Number(stage.get('target')) : null;
      const duration = stage instanceof ValueMap ? k6Duration(stage.get('duration')) : null;
      if (target !== null && duration !== null) found.push({ target, duration });
      else {
        const unknown = stage instanceof ValueMap ? [...stage.values()].find((one) => !isKnown(one)) : stage;
        const why = unknown instanceof NotKnown ? `: ${unknown.why}` : '';
        this.#notes.leftOut(`${this.place('stages')}[${i}]`, `Its duration and target cannot be read${why}.`);
      }
    }
    if (found.length === 0) {
      const why = stages instanceof NotKnown ? `: ${stages.why}` : '';
      this.missing = `its stages cannot be read${why}`;
    }
    return found;
  }

  /** A number without which there is no load. */
  needed(key: string): number {
    const value = this.number(key, null);
    if (value === null) this.missing ??= `it has no ${key}`;
    return value ?? 0;
  }

  /** A duration without which there is no load. */
  neededDuration(key: string): string {
    const value = this.duration(key, null);
    if (value === null) this.missing ??= `it has no ${key}`;
    return value ?? '';
  }

  leftOut(key: string, why: string): void {
    if (!this.has(key)) return;
    this.#read.add(key);
    this.#notes.leftOut(`${this.place(key)}: ${shown(key, this.#map.get(key))}`, why);
  }

  changed(key: string, text: string): void {
    if (this.has(key)) this.#notes.changed(`${this.place(key)}: ${shown(key, this.#map.get(key))}`, text);
  }

  /** Keys that nobody asked for. */
  rest(): void {
    for (const [key, value] of this.#map)
      if (!this.#read.has(key))
        this.#notes.leftOut(
          `${this.place(key)}: ${shown(key, value)}`,
          value instanceof NotKnown
            ? `It cannot be read: ${value.why}.`
            : 'Crosstalk has nothing of this name.',
        );
  }
}
