/**
 * Lists whose rows each have one link (`data-row-link`): arrow keys move between rows, Enter follows the link by itself,
 * and a click anywhere on a row does too.
 */

function links(body: HTMLElement): HTMLElement[] {
  return [...body.querySelectorAll<HTMLElement>('[data-row-link]')];
}

function step(key: string, at: number, count: number): number | null {
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

/** Attach to the element that holds the rows. */
export function rowKeys(body: HTMLElement): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = links(body);
    const at = all.findIndex((link) => link === document.activeElement);
    const to = at < 0 ? null : step(event.key, at, all.length);
    if (to === null) return;
    event.preventDefault();
    all[to]?.focus();
  };
  const onClick = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || target.closest('a, button, input, select') || window.getSelection()?.type === 'Range')
      return;
    target.closest('tr')?.querySelector<HTMLElement>('[data-row-link]')?.click();
  };
  body.addEventListener('keydown', onKey);
  body.addEventListener('click', onClick);
  return () => {
    body.removeEventListener('keydown', onKey);
    body.removeEventListener('click', onClick);
  };
}

/** Moves the keyboard into a list, to its first row. */
export function focusFirstRow(container: ParentNode = document): void {
  container.querySelector<HTMLElement>('[data-row-link]')?.focus();
}
