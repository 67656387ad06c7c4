/** Which rows of a long list are near the view, by their `data-key`. */

export const noneNear: ReadonlySet<string> = new Set();

/** The rows that are near after an observer has told what changed. One that holds the keyboard stays. */
export function nearNow(
  before: ReadonlySet<string>,
  changes: readonly IntersectionObserverEntry[],
): ReadonlySet<string> {
  const next = new Set(before);
  for (const { target, isIntersecting } of changes) {
    const key = target instanceof HTMLElement ? target.dataset.key : undefined;
    if (key === undefined) continue;
    if (isIntersecting) next.add(key);
    else if (!target.contains(document.activeElement)) next.delete(key);
  }
  return next;
}

/** The same rows and one more. */
export function withRow(rows: ReadonlySet<string>, key: string): ReadonlySet<string> {
  return rows.has(key) ? rows : new Set([...rows, key]);
}
