/** Tells when files of the workspace's conversations or scenarios change on disk. Never keeps the process alive. */
import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface WatchOptions {
  /** Milliseconds of quiet after which a burst of changes is told once. */
  settleMs?: number;
  /** Milliseconds between looks where the system tells of no changes. */
  pollMs?: number;
}

const isYaml = (name: string) => /\.ya?ml$/i.test(name) && !name.startsWith('.');

/** What a folder holds, so that two looks can be compared; empty when it is not there. */
async function lookOf(folder: string): Promise<string> {
  try {
    const names = (await readdir(folder)).filter(isYaml).sort();
    const parts = names.map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => null);
      return `${name} ${found?.mtimeMs ?? 0} ${found?.size ?? 0}`;
    });
    return (await Promise.all(parts)).join('\n');
  } catch {
    return '';
  }
}

/**
 * Watches the YAML files directly in `folders` until the returned function is called. Where a folder cannot be watched
 * (it is not there, or its disk does not tell) it is looked at now and then instead.
 */
export function watchFolders(
  folders: readonly string[],
  onChange: () => void,
  { settleMs = 150, pollMs = 3000 }: WatchOptions = {},
): () => void {
  const watchers = new Map<string, FSWatcher>();
  let settling: NodeJS.Timeout | null = null;
  let looking = false;
  let again = false;
  let last: string | null = null;
  let closed = false;

  const look = async (): Promise<string> => (await Promise.all(folders.map(lookOf))).join('\n\n');

  /** Only a change of what lies there is told: reading and opening are events too. */
  const compare = async () => {
    again = looking;
    if (looking) return;
    looking = true;
    const now = await look();
    looking = false;
    if (closed) return;
    const changed = last !== null && now !== last;
    last = now;
    if (changed) onChange();
    if (again) await compare();
  };

  const settle = () => {
    if (closed || settling) return;
    settling = setTimeout(() => {
      settling = null;
      attach();
      void compare();
    }, settleMs);
    settling.unref();
  };

  const drop = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };

  const attach = () => {
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, (_event, name) => {
          // The folder itself was moved or removed: what is watched from here on is not what lies there.
          if (name === basename(folder)) drop(folder);
          if (name === null || isYaml(name) || folders.some((other) => basename(other) === name)) settle();
        });
        watcher.on('error', () => drop(folder));
        watcher.unref();
        watchers.set(folder, watcher);
      } catch {
        // It is looked at by the poll until it can be watched.
      }
    }
  };

  const poll = setInterval(() => {
    const blind = folders.some((folder) => !watchers.has(folder));
    attach();
    if (blind) void compare();
  }, pollMs);
  poll.unref();
  attach();
  void compare();

  return () => {
    closed = true;
    clearInterval(poll);
    if (settling) clearTimeout(settling);
    for (const folder of folders) drop(folder);
  };
}
