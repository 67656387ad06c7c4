/** Sidecar files: one JSON file beside each clip, as the original tool writes them next to its manifest. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lineOf, type ManifestLine } from './manifest.ts';
import { isClipName } from './names.ts';

const largestSidecarBytes = 64 * 1024;

/** The sidecar of a clip among the files of its folder: `x.json` or `x.pcm.json` for `x.pcm`. */
function sidecarOf(clip: string, files: ReadonlySet<string>): string | null {
  const stem = clip.replace(/\.[^.]+$/, '');
  return [`${stem}.json`, `${clip}.json`].find((name) => files.has(name)) ?? null;
}

/** What a clip's sidecar says of it; null without one that can be read. `files`: the names in the folder. */
export async function readSidecar(
  folder: string,
  clip: string,
  files: ReadonlySet<string>,
): Promise<ManifestLine | null> {
  const name = sidecarOf(clip, files);
  if (name === null) return null;
  try {
    const path = join(folder, name);
    if ((await stat(path)).size > largestSidecarBytes) return null;
    return lineOf(JSON.parse(await readFile(path, 'utf8')), clip);
  } catch {
    return null;
  }
}

/** What sidecars say of the clips that `listed` does not name. */
export async function readSidecars(
  folder: string,
  names: readonly string[],
  listed: ReadonlySet<string>,
): Promise<ManifestLine[]> {
  const files = new Set(names);
  const lines: ManifestLine[] = [];
  for (const name of names) {
    if (!isClipName(name) || listed.has(name)) continue;
    const line = await readSidecar(folder, name, files);
    if (line !== null) lines.push(line);
  }
  return lines;
}
