import { allOf, none, toggled } from './chosen.ts';

/** Which runs of the list are chosen. A click with Shift chooses everything from the last one that was clicked. */
export class Selection {
  #ids: ReadonlySet<string> = $state.raw(none);
  #last: string | null = null;

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  get size(): number {
    return this.#ids.size;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** `order`: every row on screen from top to bottom; `through`: with everything from the last one. */
  toggle(id: string, order: readonly string[], through = false): void {
    this.#ids = toggled(this.#ids, id, order, through ? this.#last : null);
    this.#last = id;
  }

  choose(ids: Iterable<string>): void {
    this.#ids = allOf(ids);
  }

  clear(): void {
    this.#ids = none;
    this.#last = null;
  }
}
