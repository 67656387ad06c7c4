/**
 * The only place that knows where the program's own files lie: beside the source while running from it, in `out/main`
 * once built, and outside the archive when packaged (threads and child processes cannot start from inside an asar).
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Everything that starts as a thread or a process of its own, with its source file relative to `src/`. */
export const entryPoints = {
  cli: 'main/cli/entry.ts',
  desktop: 'main/desktop/entry.ts',
  database: 'main/history/database/entry.ts',
  'engine-worker': 'engine/worker/entry.ts',
  practice: 'practice/entry.ts',
  'offline-voice': 'main/audio/voices/offline/entry.ts',
} as const;
export type EntryName = keyof typeof entryPoints;

const here = fileURLToPath(import.meta.url);
const runsFromSource = here.endsWith('.ts');

/** The folder of package.json: the checkout, or the unpacked part of the installed app. */
export function packageRoot(): string {
  let folder = dirname(here).replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${here}`);
    folder = parent;
  }
  return folder;
}

/** Absolute path of an entry's file. */
export function entry(name: EntryName): string {
  if (runsFromSource) return resolve(dirname(here), '..', entryPoints[name]);
  return join(dirname(here), `${name}.js`).replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
}

/** Absolute path of something bundled with the program: `resources/…`, `audio_cache/…`, `out/renderer/…`. */
export function bundled(...parts: string[]): string {
  return join(packageRoot(), ...parts);
}
