/** Notices that a scenario file of the workspace was changed by somebody else: an editor, git, another program. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { watchFolders, type WatchOptions } from '../../conversations/watch.ts';
import { isScenarioName } from '../library.ts';

/** What lies in a folder: each scenario file with what tells its content from another. */
type Look = Map<string, string>;

async function lookAtFile(path: string, look: Look): Promise<Look> {
  const found = await stat(path).catch(() => null);
  if (found) look.set(path, `${found.mtimeMs} ${found.size} ${found.ino}`);
  else look.delete(path);
  return look;
}

async function lookAt(folder: string): Promise<Look> {
  const look: Look = new Map();
  const names = (await readdir(folder).catch(() => [])).filter(isScenarioName);
  await Promise.all(names.map((name) => lookAtFile(join(folder, name), look)));
  return look;
}

/** Paths that differ between two looks. */
function differences(before: Look, now: Look): string[] {
  const all = new Set([...before.keys(), ...now.keys()]);
  return [...all].filter((path) => before.get(path) !== now.get(path));
}

/** One path, or null when it is more than one. */
function theOnly(paths: readonly string[]): string | null {
  const [first, ...others] = paths;
  return first === undefined || others.length > 0 ? null : first;
}

export interface ScenarioChanges {
  /** Watches this folder from now on, and no other; false when it did so before. */
  watch(folder: string): boolean;
  /** This program has changed files: tells it at once, and not again when the disk tells it too. */
  own(path: string | null): void;
  close(): void;
}

/** `tell` is given the path that has changed; null: several, or which one is not known. */
export function scenarioChanges(
  tell: (path: string | null) => void,
  options: WatchOptions = {},
): ScenarioChanges {
  let watched: { folder: string; look: Promise<Look>; stop: () => void } | null = null;

  /** Compares what is there with what was there when it was last told. */
  const compare = async () => {
    const here = watched;
    if (!here) return;
    const before = here.look;
    const now = lookAt(here.folder);
    here.look = now;
    const changed = differences(await before, await now);
    if (watched === here && changed.length > 0) tell(theOnly(changed));
  };

  const close = () => {
    watched?.stop();
    watched = null;
  };

  return {
    watch(folder) {
      if (watched?.folder === folder) return false;
      close();
      const stop = watchFolders([folder], () => void compare(), options);
      watched = { folder, look: lookAt(folder), stop };
      return true;
    },
    own(path) {
      if (watched) {
        const { folder, look } = watched;
        watched.look = path === null ? lookAt(folder) : look.then((seen) => lookAtFile(path, new Map(seen)));
      }
      tell(path);
    },
    close,
  };
}
