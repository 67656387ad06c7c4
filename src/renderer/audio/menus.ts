/** Everything that can be done on the screen, for its menus and for the palette. */
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import FileOutput from '@lucide/svelte/icons/file-output';
import FilePlus from '@lucide/svelte/icons/file-plus';
import Package from '@lucide/svelte/icons/package';
import Pencil from '@lucide/svelte/icons/pencil';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { ConversationEntry } from '#contract/api/conversations';
import type { Command } from '../frame/commands.svelte.ts';
import { commandKey } from '../frame/platform.ts';
import {
  createConversation,
  duplicateConversation,
  generateLibrary,
  goTo,
  removeConversation,
  saveConversation,
} from './actions.ts';
import { conversationList } from './conversationList.svelte.ts';
import { generation } from './generation.svelte.ts';
import type { MenuItem } from './menuItem.ts';
import type { OpenConversation } from './openConversation.svelte.ts';
import { playback } from './playback.svelte.ts';

interface EntryActions {
  duplicate: () => void;
  rename: () => void;
  remove: () => void;
  export: (then: 'text' | 'scenario' | 'pack') => void;
}

/** What can be done with a conversation as a whole. */
export function conversationMenu(entry: ConversationEntry, actions: EntryActions): MenuItem[] {
  const own = entry.origin === 'library';
  return [
    {
      label: own ? 'Duplicate' : 'Duplicate into the library',
      icon: CopyPlus,
      run: actions.duplicate,
    },
    ...(own ? [{ label: 'Rename', icon: Pencil, keys: 'F2', run: actions.rename }] : []),
    { label: 'Export as YAML…', icon: FileOutput, run: () => actions.export('text') },
    { label: 'Save as scenario…', icon: FilePlus, run: () => actions.export('scenario') },
    { label: 'Export pack…', icon: Package, run: () => actions.export('pack') },
    ...(own ? [{ label: 'Delete', icon: Trash2, keys: 'Del', danger: true, run: actions.remove }] : []),
  ];
}

interface Screen {
  open: OpenConversation | null;
  shown: string | null;
  missing: number;
  generate: () => void;
  verify: () => void;
  pack: () => void;
  exportYaml: () => void;
  saveAsScenario: () => void;
  importFrom: (kind: 'yaml' | 'folder') => void;
  rename: () => void;
  addTurn: () => void;
}

/** The screen's actions in the palette, as far as they make sense now. */
export function screenCommands(screen: Screen): Command[] {
  const here = (id: string, title: string, run: () => void, keys?: string[], words?: string): Command => ({
    id: `audio-${id}`,
    title,
    group: 'This screen',
    ...(keys === undefined ? {} : { keys }),
    ...(words === undefined ? {} : { words }),
    run,
  });
  const { open, shown } = screen;
  const draft = open?.draft ?? null;
  const found: (Command | null)[] = [
    draft && screen.missing > 0 && !generation.running
      ? here(
          'generate',
          `Generate missing (${screen.missing})`,
          screen.generate,
          [commandKey, 'Enter'],
          'speak',
        )
      : null,
    generation.running ? here('cancel', 'Cancel the generation', () => void generation.cancel()) : null,
    generation.canRetry && generation.shown
      ? here('retry', 'Retry what failed to be generated', () => void generation.retry())
      : null,
    draft && playback.playable
      ? here('play', 'Play or pause the conversation', () => playback.toggle(), ['Space'], 'hear listen')
      : null,
    playback.player.state === 'stopped' ? null : here('stop', 'Stop playing', () => playback.player.stop()),
    shown !== null && open?.dirty
      ? here('save', 'Save the conversation', () => void saveConversation(shown), [commandKey, 'S'])
      : null,
    open?.dirty && open.id !== null
      ? here('discard', 'Discard changes', () => open.revert(), undefined, 'revert')
      : null,
    open?.canUndo ? here('undo', 'Undo', () => open.undo(), [commandKey, 'Z']) : null,
    open?.canRedo ? here('redo', 'Redo', () => open.redo(), [commandKey, 'Shift', 'Z']) : null,
    draft && open?.readOnly === false ? here('add', 'Add a turn', screen.addTurn) : null,
    here('new', 'New conversation', createConversation, ['N'], 'create'),
    open?.id
      ? here('duplicate', 'Duplicate the conversation', () => {
          if (open.id !== null) void duplicateConversation(open.id);
        })
      : null,
    open?.entry?.origin === 'library'
      ? here('rename', 'Rename the conversation', screen.rename, ['F2'])
      : null,
    open?.entry?.origin === 'library'
      ? here('delete', 'Delete the conversation', () => {
          if (open.entry) void removeConversation(open.entry);
        })
      : null,
    here('verify', 'Verify clips', screen.verify, undefined, 'check cache mend'),
    draft ? here('pack', 'Export pack', screen.pack, undefined, 'azure locust zip') : null,
    draft ? here('yaml', 'Export as YAML', screen.exportYaml, undefined, 'copy download') : null,
    draft ? here('scenario', 'Save as scenario', screen.saveAsScenario) : null,
    here('import-yaml', 'Import YAML', () => screen.importFrom('yaml')),
    here('import-folder', 'Import a folder of clips', () => screen.importFrom('folder')),
    here('library', 'Generate all clips of the library', generateLibrary),
    ...conversationList.entries.map((entry, i) =>
      here(
        `open-${i}`,
        entry.name,
        () => goTo(entry.id),
        undefined,
        `open conversation ${entry.scenario ?? 'library'}`,
      ),
    ),
  ];
  return found.filter((command) => command !== null);
}
