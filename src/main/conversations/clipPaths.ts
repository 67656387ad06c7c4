/** Paths of clips: those of a conversation begin at its own file, so they change when it moves to another folder. */
import { readdir } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { ConversationDraft } from '#contract/audio/conversation';
import { isClipName } from '../audio/names.ts';

const byName = new Intl.Collator('en', { numeric: true });

/** The clips of a folder in the order in which a conversation says them; null when there is no such folder. */
export async function clipsIn(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).filter(isClipName).sort(byName.compare);
  } catch {
    return null;
  }
}

/** Sorts file names as a person would: `2` before `10`. */
export function naturally(a: string, b: string): number {
  return byName.compare(a, b);
}

/** Whether a path lies in a folder, at any depth. */
export function isWithin(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from !== '' && !isAbsolute(from) && from.split(sep)[0] !== '..';
}

/**
 * The same file, seen from another folder: relative (with `/`, as on every system) where both lie in the workspace, so
 * that the workspace can be moved, else absolute.
 */
export function pathFrom(folder: string, file: string, workspace: string): string {
  if (!isWithin(file, workspace)) return file;
  const path = relative(folder, file).split(sep).join('/');
  return path.startsWith('../') ? path : `./${path}`;
}

function moved(value: unknown, move: (clip: string) => string): unknown {
  if (typeof value !== 'object' || value === null || !('clip' in value) || typeof value.clip !== 'string')
    return value;
  return { ...value, clip: move(value.clip) };
}

/** The draft with every path of a clip replaced, also where an interruption brings its own. */
export function withClips(draft: ConversationDraft, move: (clip: string) => string): ConversationDraft {
  return {
    ...draft,
    turns: draft.turns.map((turn) => ({
      ...turn,
      clip: turn.clip === null ? null : move(turn.clip),
      kept: Object.fromEntries(Object.entries(turn.kept).map(([key, value]) => [key, moved(value, move)])),
    })),
  };
}

/** The draft as it must be written in `to` so that it still says the same files as in `from`. */
export function movedBetween(
  draft: ConversationDraft,
  from: string,
  to: string,
  workspace: string,
): ConversationDraft {
  if (resolve(from) === resolve(to)) return draft;
  return withClips(draft, (clip) => pathFrom(to, resolve(from, clip), workspace));
}
