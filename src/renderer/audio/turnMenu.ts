/** What can be done with a turn, for its menu. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import Mic from '@lucide/svelte/icons/mic';
import Plus from '@lucide/svelte/icons/plus';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo from '@lucide/svelte/icons/undo';
import { commandKey } from '../frame/platform.ts';
import type { MenuItem } from './menuItem.ts';

interface TurnActions {
  addBelow: () => void;
  duplicate: () => void;
  record: () => void;
  toWords: () => void;
  move: (by: number) => void;
  remove: () => void;
}

interface TurnFacts {
  /** It is an audio file, not words. */
  isClip: boolean;
  isFirst: boolean;
  isLast: boolean;
}

/** Everything that can be done with a turn that may be changed. */
export function turnMenu({ isClip, isFirst, isLast }: TurnFacts, actions: TurnActions): MenuItem[] {
  return [
    { label: 'Add a turn below', icon: Plus, keys: `${commandKey} Enter`, run: actions.addBelow },
    { label: 'Duplicate', icon: CopyPlus, keys: `${commandKey} D`, run: actions.duplicate },
    { label: isClip ? 'Record or import again…' : 'Record or import audio…', icon: Mic, run: actions.record },
    ...(isClip ? [{ label: 'Back to words', icon: Undo, run: actions.toWords }] : []),
    {
      label: 'Move up',
      icon: ArrowUp,
      keys: 'Alt ↑',
      blocked: isFirst ? 'It is the first turn' : undefined,
      run: () => actions.move(-1),
    },
    {
      label: 'Move down',
      icon: ArrowDown,
      keys: 'Alt ↓',
      blocked: isLast ? 'It is the last turn' : undefined,
      run: () => actions.move(1),
    },
    {
      label: 'Delete turn',
      icon: Trash2,
      keys: `${commandKey} Shift ⌫`,
      danger: true,
      run: actions.remove,
    },
  ];
}

/** What is left of it where nothing may be changed: a word on how to. */
export function readOnlyMenu(explain: () => void): MenuItem[] {
  return [{ label: 'Duplicate the conversation to edit it', icon: CopyPlus, run: explain }];
}
