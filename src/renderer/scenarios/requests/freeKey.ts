import { nameOf } from '../conversations/edits.ts';

/** A name that a map does not have yet: `value`, `value_2`. */
export function freeKey(map: Readonly<Record<string, unknown>>, base: string): string {
  if (!Object.hasOwn(map, base)) return base;
  for (let n = 2; ; n++) if (!Object.hasOwn(map, `${base}_${n}`)) return `${base}_${n}`;
}

/** A name that no feed of a list has: `row`, `row_2`. */
export function freeFeedName(feeds: readonly unknown[]): string {
  const taken = Object.fromEntries(feeds.map((feed) => [nameOf(feed, ''), true]));
  return freeKey(taken, 'row');
}
