/**
 * What is chosen after a click on `id`: it changes sides, and with `from` everything between that row and it goes with
 * it. `order`: every row on screen from top to bottom.
 */
export function toggled(
  chosen: ReadonlySet<string>,
  id: string,
  order: readonly string[],
  from: string | null = null,
): ReadonlySet<string> {
  const after = new Set(chosen);
  const [first, last] = [order.indexOf(from ?? ''), order.indexOf(id)];
  const stretch =
    first >= 0 && last >= 0 ? order.slice(Math.min(first, last), Math.max(first, last) + 1) : [id];
  for (const one of stretch) {
    if (chosen.has(id)) after.delete(one);
    else after.add(one);
  }
  return after;
}

export const none: ReadonlySet<string> = new Set();

/** All of these, once each. */
export function allOf(ids: Iterable<string>): ReadonlySet<string> {
  return new Set(ids);
}
