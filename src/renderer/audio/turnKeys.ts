/** What keys mean within the row of a turn. */
import { commandHeld } from '../frame/platform.ts';

export type TurnKey =
  | { do: 'go'; by: -1 | 1 }
  | { do: 'move'; by: -1 | 1 }
  | { do: 'add' }
  | { do: 'duplicate' }
  | { do: 'remove' };

/** What a key asks for in the row; null when it is for the field, or for others. */
export function turnKey(event: KeyboardEvent): TurnKey | null {
  const { key, altKey, shiftKey } = event;
  const by = key === 'ArrowUp' ? -1 : key === 'ArrowDown' ? 1 : null;
  const command = commandHeld(event);
  if (by !== null) {
    if (altKey) return { do: 'move', by };
    return !command && !shiftKey && leavesText(event) ? { do: 'go', by } : null;
  }
  if (!command || altKey) return null;
  if (key === 'Enter' && !shiftKey) return { do: 'add' };
  if (key.toLowerCase() === 'd' && !shiftKey) return { do: 'duplicate' };
  return key === 'Backspace' && shiftKey ? { do: 'remove' } : null;
}

/** Whether an arrow key would not move the caret within the text. */
function leavesText({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement) || target.dataset.turnText === undefined) return false;
  if (!(target instanceof HTMLTextAreaElement)) return true;
  const { selectionStart: from, selectionEnd: to, value } = target;
  return from === to && (key === 'ArrowUp' ? from === 0 : to === value.length);
}

/** Whether a key would change the text it is pressed in. */
export function writes({ target, key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || !(target instanceof HTMLTextAreaElement)) return false;
  return key.length === 1 || /^(Backspace|Delete|Enter)$/.test(key);
}
