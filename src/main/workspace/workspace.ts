/** The folder of the operator's files: which one it is at this moment, and what was opened before. */
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import type { WorkspaceReport } from '#contract/api/workspace';
import { fail, ok, type Result } from '#contract/errors';
import type { CrosstalkHome } from '../home.ts';
import type { SettingsStore } from '../settings/settings.ts';
import { prepareFolder } from './folder.ts';

/** Lists stay short enough to be read. */
export const mostRecentWorkspaces = 10;
export const mostRecentScenarios = 20;

/** A scenario that can be opened. */
export interface KnownScenario {
  path: string;
  name: string;
}

export interface WorkspaceOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
}

/** What a change of the folder has to ask and to tell. */
export interface WorkspaceParts {
  /** What goes on that uses the folder, in words; null when nothing does. */
  busy: () => Promise<string | null>;
  /** The scenarios of the folder and the bundled ones. */
  scenarios: () => Promise<readonly KnownScenario[]>;
}

/** The workspace of this process. Whoever needs its folder asks again each time: the operator may choose another one. */
export interface Workspace {
  /** Absolute path. */
  readonly folder: string;
  /** What the operator should know about the folder that was chosen before; null when all is well. */
  readonly notice: string | null;
  report(parts: Pick<WorkspaceParts, 'scenarios'>): Promise<WorkspaceReport>;
  /** Uses another folder from now on. Errors: `workspace_unusable`, `workspace_busy`, `settings_not_written`. */
  choose(path: string, parts: Pick<WorkspaceParts, 'busy'>): Promise<Result<void>>;
  /** Puts a scenario first among the recent ones. Error: `unknown_scenario`. */
  opened(path: string, parts: Pick<WorkspaceParts, 'scenarios'>): Promise<Result<void>>;
  /** A scenario's file is elsewhere now. */
  moved(from: string, to: string): void;
  /** Told of every change of the folder, at once, until the returned function is called. */
  onChange(listener: (folder: string) => void): () => void;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The folder that is chosen in the settings, and the one that is used: the default one where that is not there. */
function foundFolder({ home, settings }: WorkspaceOptions): { folder: string; notice: string | null } {
  const chosen = settings.get().workspace;
  if (chosen === undefined) return { folder: home.workspace, notice: null };
  if (isAbsolute(chosen) && isFolder(chosen)) return { folder: resolve(chosen), notice: null };
  return {
    folder: home.workspace,
    notice: `The workspace ${chosen} is not there (a disk that is not connected, a folder that was moved?); ${home.workspace} is used until it is back or another one is chosen.`,
  };
}

/** Puts one in front of a list that has each once. */
function first(one: string, list: readonly string[], most: number): string[] {
  return [one, ...list.filter((other) => other !== one)].slice(0, most);
}

/** The workspace as the settings name it. Nothing is created. */
export function openWorkspace(options: WorkspaceOptions): Workspace {
  const { home, settings } = options;
  const listeners = new Set<(folder: string) => void>();
  let { folder, notice } = foundFolder(options);
  let choosing = false;

  const recentScenarios = () => settings.get().recentScenarios ?? [];

  const change = (path: string): Result<void> => {
    const others = first(folder, settings.get().recentWorkspaces ?? [], mostRecentWorkspaces + 1);
    const written = settings.update({
      workspace: path === home.workspace ? undefined : path,
      recentWorkspaces: others.filter((other) => other !== path).slice(0, mostRecentWorkspaces),
    });
    if (!written.ok) return written;
    folder = path;
    notice = null;
    for (const listener of listeners) listener(folder);
    return ok(undefined);
  };

  const choose = async (given: string, { busy }: Pick<WorkspaceParts, 'busy'>): Promise<Result<void>> => {
    const ready = await prepareFolder(given, home);
    if (!ready.ok) return ready;
    const chosen = settings.get().workspace ?? home.workspace;
    if (ready.value === folder && ready.value === chosen) return ok(undefined);
    const what = await busy();
    if (what !== null) {
      return fail(
        'conflict',
        'workspace_busy',
        `${what}: let it end or stop it first, then choose another workspace.`,
      );
    }
    return change(ready.value);
  };

  return {
    get folder() {
      return folder;
    },
    get notice() {
      return notice;
    },
    async report({ scenarios }) {
      const present = async (path: string) =>
        path !== folder && (await stat(path).catch(() => null))?.isDirectory() === true ? [path] : [];
      const recent = await Promise.all((settings.get().recentWorkspaces ?? []).map(present));
      const known = new Map((await scenarios()).map(({ path, name }) => [path, name]));
      return {
        path: folder,
        isDefault: folder === home.workspace,
        recent: recent.flat(),
        recentScenarios: recentScenarios().flatMap((path) => {
          const name = known.get(path);
          return name === undefined ? [] : [{ path, name }];
        }),
      };
    },
    async choose(path, parts) {
      if (choosing)
        return fail('conflict', 'workspace_busy', 'Another workspace is being opened; wait a moment.');
      choosing = true;
      try {
        return await choose(path, parts);
      } finally {
        choosing = false;
      }
    },
    async opened(path, { scenarios }) {
      if (!(await scenarios()).some((known) => known.path === path))
        return fail('not_found', 'unknown_scenario', `${path} is not among the scenarios of the workspace.`);
      const written = settings.update({
        recentScenarios: first(path, recentScenarios(), mostRecentScenarios),
      });
      return written.ok ? ok(undefined) : written;
    },
    moved(from, to) {
      if (!recentScenarios().includes(from)) return;
      settings.update({ recentScenarios: recentScenarios().map((path) => (path === from ? to : path)) });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
