/**
 * Lists whose rows each have one link (`data-row-link`): arrow keys move between rows, Enter follows the link by itself,
 * and a click anywhere on a row does too.
 */

function links(body: HTMLElement): HTMLElement[] {
  return [...body.querySelectorAll<HTMLElement>('[data-row-link]')];
}

/** The row a key leads to; null: it is not a key that moves. */
export function step(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, at + 1);
    case 'ArrowUp':
      return Math.max(0, at - 1);
    case 'PageDown':
      return Math.min(count - 1, at + 15);
    case 'PageUp':
      return Math.max(0, at - 15);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** Attach to the element that holds the rows: a click anywhere on a row follows its link. */
export function rowClicks(body: HTMLElement): () => void {
  const onClick = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    const outer = target?.closest('tbody')?.parentElement?.closest('tbody');
    if (
      !target ||
      // It belongs to a list within a row.
      (outer && body.contains(outer)) ||
      target.closest('a, button, input, select, label') ||
      window.getSelection()?.type === 'Range'
    )
      return;
    target.closest('tr')?.querySelector<HTMLElement>('[data-row-link]')?.click();
  };
  body.addEventListener('click', onClick);
  return () => body.removeEventListener('click', onClick);
}

/**
 * Makes a list one stop of the Tab key, however long it is: the row that had the keyboard last, else the first that is
 * drawn. Returns how to end it.
 */
export function oneTabStop(body: HTMLElement): () => void {
  let stop: HTMLElement | null = null;
  const settle = () => {
    const all = links(body);
    stop = stop !== null && all.includes(stop) ? stop : (all[0] ?? null);
    for (const link of all) link.tabIndex = link === stop ? 0 : -1;
  };
  const onFocus = (event: FocusEvent) => {
    const link =
      event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-row-link]') : null;
    if (link === null || link === stop) return;
    stop = link;
    settle();
  };
  const observer = new MutationObserver(settle);
  observer.observe(body, { childList: true, subtree: true });
  body.addEventListener('focusin', onFocus);
  settle();
  return () => {
    observer.disconnect();
    body.removeEventListener('focusin', onFocus);
  };
}

/**
 * Keys of a list of which only the rows in view are drawn: `total` rows with `data-row-index`, and `show` brings one
 * into view and resolves once it is drawn. Tab leads to one of its rows, arrow keys from there to the others.
 */
export function windowKeys(
  total: () => number,
  show: (index: number) => Promise<void>,
): (body: HTMLElement) => () => void {
  return (body) => {
    const leaveStop = oneTabStop(body);
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const row = document.activeElement?.closest<HTMLElement>('[data-row-index]');
      const at = Number(row?.dataset.rowIndex ?? Number.NaN);
      const to = Number.isNaN(at) ? null : step(event.key, at, total());
      if (to === null) return;
      event.preventDefault();
      void show(to).then(() =>
        body.querySelector<HTMLElement>(`[data-row-index="${to}"] [data-row-link]`)?.focus(),
      );
    };
    body.addEventListener('keydown', onKey);
    return () => {
      body.removeEventListener('keydown', onKey);
      leaveStop();
    };
  };
}

/** Attach to the element that holds the rows. */
export function rowKeys(body: HTMLElement): () => void {
  const leaveClicks = rowClicks(body);
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links(body);
    const at = all.findIndex((link) => link === document.activeElement);
    const to = at < 0 ? null : step(event.key, at, all.length);
    if (to === null) return;
    event.preventDefault();
    all[to]?.focus();
  };
  body.addEventListener('keydown', onKey);
  return () => {
    body.removeEventListener('keydown', onKey);
    leaveClicks();
  };
}

/** Moves the keyboard into a list, to its first row. */
export function focusFirstRow(container: ParentNode = document): void {
  container.querySelector<HTMLElement>('[data-row-link]')?.focus();
}
