/**
 * The only place that knows where the program's own files lie: beside the source while running from it, in `out/main`
 * once built (chunks lie beside the entries), and outside the archive when packaged (threads and child processes cannot start from inside an asar).
 */
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

/** `src/main` or `out/main`, the latter outside the archive when packaged. */
const folder = dirname(here).replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);

/** The folder of package.json: the checkout, or the unpacked part of the installed app. */
export function packageRoot(): string {
  return resolve(folder, '..', '..');
}

/** Absolute path of an entry's file. */
export function entry(name: EntryName): string {
  return runsFromSource ? resolve(folder, '..', entryPoints[name]) : join(folder, `${name}.js`);
}

/** Absolute path of something bundled with the program: `resources/…`, `audio_cache/…`, `out/renderer/…`. */
export function bundled(...parts: string[]): string {
  return join(packageRoot(), ...parts);
}

/** The program and the styles inside a self-contained report: built, not run by this process. */
export function reportProgram(): { script: string; style: string } {
  return { script: bundled('out', 'report', 'report.js'), style: bundled('out', 'report', 'report.css') };
}
