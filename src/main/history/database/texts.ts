/** Text that repeats within a run (ids of calls, names, messages) stands once in `texts`; rows hold its number. */
import type { Database, Statement } from 'better-sqlite3';

/** How many texts of a run are remembered. One that was forgotten gets a second number, which costs space and nothing else. */
const remembered = 20_000;

/** Numbers for the texts of one run, given out as they are first seen. */
export class TextNumbers {
  readonly #run: number;
  readonly #insert: Statement<[number, number, string]>;
  readonly #known = new Map<string, number>();
  #next: number;

  constructor(db: Database, run: number) {
    this.#run = run;
    this.#insert = db.prepare('INSERT INTO texts (run, id, text) VALUES (?, ?, ?)');
    const last = db
      .prepare<[number], { id: number | null }>('SELECT max(id) AS id FROM texts WHERE run = ?')
      .get(run);
    this.#next = (last?.id ?? 0) + 1;
  }

  /** The number of a text, stored if it is new. Call within a transaction; after a rollback make a new object. */
  number(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) {
      this.#known.delete(text);
      this.#known.set(text, known);
      return known;
    }
    const id = this.#next++;
    this.#insert.run(this.#run, id, text);
    this.#known.set(text, id);
    if (this.#known.size > remembered) {
      const oldest = this.#known.keys().next();
      if (oldest.done !== true) this.#known.delete(oldest.value);
    }
    return id;
  }
}

/** SQL that puts the text of a numbered column (of a table aliased `r`) back in its place. */
export function textOf(column: string): string {
  return `(SELECT text FROM texts WHERE texts.run = r.run AND texts.id = r.${column})`;
}
