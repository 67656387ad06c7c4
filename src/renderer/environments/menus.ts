/** What can be done with an environment, for its menu and for the palette. */
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { MenuItem } from '../audio/menuItem.ts';
import type { Command } from '../frame/commands.svelte.ts';
import { commandKey } from '../frame/platform.ts';
import type { OpenEnvironment } from './openEnvironment.svelte.ts';

interface MenuActions {
  duplicate: (name: string) => void;
  remove: (name: string) => void;
  discard: () => void;
}

/** The menu beside the name of the one that is open. */
export function environmentMenu(open: OpenEnvironment, actions: MenuActions): MenuItem[] {
  const { name } = open;
  if (name === null) {
    return [{ label: 'Discard environment', icon: Trash2, danger: true, run: actions.discard }];
  }
  return [
    {
      label: 'Discard changes',
      icon: Undo2,
      blocked: open.dirty ? undefined : 'Nothing was changed since it was saved',
      run: () => open.revert(),
    },
    { label: 'Duplicate', icon: CopyPlus, run: () => actions.duplicate(name) },
    { label: 'Delete', icon: Trash2, keys: 'Del', danger: true, run: () => actions.remove(name) },
  ];
}

interface Screen {
  open: OpenEnvironment | null;
  save: () => void;
  tryIt: () => void;
  check: () => void;
  create: () => void;
  duplicate: (name: string) => void;
  remove: (name: string) => void;
  showSecrets: () => void;
}

/** The screen's actions in the palette, as far as they make sense now. */
export function environmentCommands(screen: Screen): Command[] {
  const here = (id: string, title: string, run: () => void, keys?: string[], words?: string): Command => ({
    id: `environments-${id}`,
    title,
    group: 'This screen',
    ...(keys === undefined ? {} : { keys }),
    ...(words === undefined ? {} : { words }),
    run,
  });
  const { open } = screen;
  const document = open?.document ?? null;
  const name = open?.name ?? null;
  const found: (Command | null)[] = [
    document && here('try', 'Try the environment', screen.tryIt, [commandKey, 'Enter'], 'guard probe token'),
    document && here('check', 'Check the environment', screen.check, undefined, 'connection target'),
    open?.dirty ? here('save', 'Save the environment', screen.save, [commandKey, 'S']) : null,
    open?.dirty && name !== null
      ? here('discard', 'Discard changes', () => open.revert(), undefined, 'revert')
      : null,
    document?.canUndo ? here('undo', 'Undo', () => document.undo(), [commandKey, 'Z']) : null,
    document?.canRedo ? here('redo', 'Redo', () => document.redo(), [commandKey, 'Shift', 'Z']) : null,
    here('new', 'New environment', screen.create, ['N'], 'create target'),
    name === null ? null : here('duplicate', 'Duplicate the environment', () => screen.duplicate(name)),
    name === null ? null : here('delete', 'Delete the environment', () => screen.remove(name)),
    here('secrets', 'Show the secrets', screen.showSecrets, undefined, 'keys tokens passwords'),
  ];
  return found.filter((command) => command !== null);
}
