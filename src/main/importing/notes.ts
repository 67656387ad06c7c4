/** What became of each thing that was imported. */
import type { ImportNote } from '#contract/api/scenarios';

/** Nobody reads more; the rest is counted. */
const mostNotes = 200;
const longestFrom = 160;
const longestText = 600;

/** A text on one line and without control characters, cut where it is too long. */
export function oneLine(text: string, longest: number): string {
  // Line and paragraph separators break lines as well.
  const flat = text
    .slice(0, longest * 4)
    .replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\uFEFF]+/gu, ' ')
    .trim();
  return flat.length > longest ? `${flat.slice(0, longest - 1).trimEnd()}…` : flat;
}

/** Collects notes. What is put in as `from` must have its secrets masked already. */
export class Notes {
  readonly #list: ImportNote[] = [];
  #more = 0;

  add(level: ImportNote['level'], from: string, text: string): void {
    if (this.#list.length >= mostNotes) {
      this.#more += 1;
      return;
    }
    this.#list.push({ level, from: oneLine(from, longestFrom), text: oneLine(text, longestText) });
  }

  taken(from: string, text: string): void {
    this.add('taken', from, text);
  }

  changed(from: string, text: string): void {
    this.add('changed', from, text);
  }

  leftOut(from: string, text: string): void {
    this.add('left_out', from, text);
  }

  /** All of them, with a last one for those that were too many. */
  get list(): ImportNote[] {
    if (this.#more === 0) return [...this.#list];
    const text = `${this.#more} more of what was imported are not listed one by one.`;
    return [...this.#list, { level: 'left_out', from: '…', text }];
  }
}
