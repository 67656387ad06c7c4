/** Keys for the entries of a list of a document, so that rows keep their place on screen while entries change and move. */

let lastKey = 0;

function freshKey(): string {
  lastKey += 1;
  return `e${lastKey}`;
}

/** An entry as a list that can be dragged shows it. */
export interface ListItem {
  id: string;
  /** Place in the document. */
  at: number;
}

export class ListKeys {
  #values: readonly unknown[] = [];
  #keys: readonly string[] = [];
  #items: ListItem[] = [];

  /**
   * The keys of a list as it is now. An entry that is the very one it was keeps its key wherever it is; of the others
   * one that stands where it stood does.
   */
  of(list: readonly unknown[]): readonly string[] {
    if (list === this.#values) return this.#keys;
    const free = new Map<unknown, string[]>();
    this.#values.forEach((value, i) => {
      const key = this.#keys[i];
      if (key !== undefined) free.set(value, [...(free.get(value) ?? []), key]);
    });
    const used = new Set<string>();
    const same = list.map((value) => {
      const key = free.get(value)?.shift();
      if (key !== undefined) used.add(key);
      return key;
    });
    const keys = same.map((key, i) => {
      if (key !== undefined) return key;
      const before = this.#keys[i];
      const own = before === undefined || used.has(before) ? freshKey() : before;
      used.add(own);
      return own;
    });
    this.#values = list;
    this.#keys = keys;
    return keys;
  }

  /** The same as items; one that stays where it is stays the same object, so that its row is not drawn again. */
  itemsOf(list: readonly unknown[]): ListItem[] {
    const before = new Map(this.#items.map((item) => [item.id, item]));
    this.#items = this.of(list).map((id, at) => {
      const item = before.get(id);
      return item?.at === at ? item : { id, at };
    });
    return this.#items;
  }
}
