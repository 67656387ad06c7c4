/** The folder that holds everything Crosstalk keeps on this machine: the history, the settings, the workspace. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Result } from '#contract/errors';
import { fail, ok } from '#contract/errors';

/** Absolute paths of what lies in the home folder. */
export interface CrosstalkHome {
  folder: string;
  /** The history's database file. */
  database: string;
  /** The operator's settings. */
  settings: string;
  /** The last calibration of this machine. */
  calibration: string;
  /** Keys and tokens that were typed in, readable by this user alone. */
  secrets: string;
  /** The same as the system's key store encrypted them. */
  encryptedSecrets: string;
  /** Azure's lists of voices as last fetched. */
  azureVoices: string;
  /** Where the operator's files lie unless another place was chosen: see `workspace/workspace.ts`, which knows. */
  workspace: string;
}

export interface HomeOptions {
  env?: Record<string, string | undefined>;
  platform?: NodeJS.Platform;
  userHome?: string;
}

/** `CROSSTALK_HOME`, or this system's folder for the data of applications. Nothing is created. */
export function homeFolder(options: HomeOptions = {}): string {
  const env = options.env ?? process.env;
  const userHome = options.userHome ?? homedir();
  const asked = env.CROSSTALK_HOME?.trim();
  if (asked) return resolve(asked);
  switch (options.platform ?? process.platform) {
    case 'win32':
      return join(env.APPDATA?.trim() || join(userHome, 'AppData', 'Roaming'), 'Crosstalk');
    case 'darwin':
      return join(userHome, 'Library', 'Application Support', 'Crosstalk');
    default:
      return join(env.XDG_DATA_HOME?.trim() || join(userHome, '.local', 'share'), 'crosstalk');
  }
}

/** Where everything lies in a home folder. Nothing is created. */
export function homeIn(folder: string): CrosstalkHome {
  return {
    folder,
    database: join(folder, 'crosstalk.db'),
    settings: join(folder, 'settings.json'),
    calibration: join(folder, 'calibration.json'),
    secrets: join(folder, 'secrets.json'),
    encryptedSecrets: join(folder, 'secrets.encrypted.json'),
    azureVoices: join(folder, 'voices-azure.json'),
    workspace: join(folder, 'workspace'),
  };
}

/** Where everything lies. The folder and its workspace are created when they are missing; fails when they cannot be. */
export function crosstalkHome(options: HomeOptions = {}): Result<CrosstalkHome> {
  const folder = homeFolder(options);
  const home = homeIn(folder);
  try {
    createFolder(home.workspace);
    return ok(home);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN';
    return fail(
      'unavailable',
      'home_unavailable',
      `${explain(folder, code)} Set CROSSTALK_HOME to a folder you may write to.`,
      {
        detail: thrown instanceof Error ? thrown.message : String(thrown),
      },
    );
  }
}

/** Level by level: Node's own recursive way never returns below /proc. What exists is left alone, even where nothing may be written. */
function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  const above = dirname(folder);
  if (above !== folder) createFolder(above);
  mkdirSync(folder, { mode: 0o700 });
}

function explain(folder: string, code: string): string {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `The folder ${folder} cannot be created: permission denied.`;
    case 'EROFS':
      return `The folder ${folder} cannot be created: the disk is read-only.`;
    case 'ENOSPC':
      return `The folder ${folder} cannot be created: the disk is full.`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `The folder ${folder} cannot be created: a file is in its way.`;
    default:
      return `The folder ${folder} cannot be created (${code}).`;
  }
}
