/** How keys are called on this machine. */
const onMac = /mac/i.test(navigator.userAgent);

/** The key that goes with shortcuts: `⌘` or `Ctrl`. */
export const commandKey = onMac ? '⌘' : 'Ctrl';

/** Whether that key is held. */
export function commandHeld(event: KeyboardEvent): boolean {
  return onMac ? event.metaKey : event.ctrlKey;
}

/** Keys as a tooltip shows them. */
export function keysText(keys: readonly string[]): string {
  return keys.join(' ');
}
