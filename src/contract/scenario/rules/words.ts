/** How rules say what is wrong. */
import type { ValueProblem } from '../explain.ts';
import { nearest } from '../nearest.ts';

/** Where in a scenario something stands. */
export type Path = (string | number)[];

/** Words in quotes, with commas. */
export function names(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(', ');
}

/** The known word that was probably meant, as the end of a sentence; empty where none is near. */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

/** Entries of a list that have the name of an earlier one. */
export function duplicates(entries: readonly { name: string }[], path: Path, what: string): ValueProblem[] {
  return entries.flatMap((entry, i) => {
    const first = entries.findIndex((other) => other.name === entry.name);
    return first === i
      ? []
      : [
          {
            path: [...path, i, 'name'],
            message: `${JSON.stringify(entry.name)} is the name of another ${what} already; results are told apart by it`,
          },
        ];
  });
}
