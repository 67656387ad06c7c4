/** The keyboard inside an open menu: arrows, Home and End move between its items; Esc and Tab close it. */

const itemSelector = '[role="menuitem"], [role="menuitemradio"]';

/** Gives the keyboard to the first item; attach to the menu. */
export function focusFirstItem(menu: HTMLElement): void {
  menu.querySelector<HTMLElement>(itemSelector)?.focus();
}

/** Handles a key that was pressed within a menu; `close` also gives the focus back to the menu's button. */
export function menuKey(event: KeyboardEvent & { currentTarget: HTMLElement }, close: () => void): void {
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(itemSelector)];
  const at = all.findIndex((item) => item === document.activeElement);
  const to: Record<string, number> = {
    ArrowDown: (at + 1) % all.length,
    ArrowUp: (at - 1 + all.length) % all.length,
    Home: 0,
    End: all.length - 1,
  };
  const next = to[event.key];
  event.stopPropagation();
  if (next !== undefined) {
    event.preventDefault();
    all[next]?.focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault();
    close();
  }
}
