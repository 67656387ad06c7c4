/** Mending what verifying has found, on request: clips are written aside and moved into place, their lines follow. */
import { access, constants, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { samplesOf } from '#contract/audio/level';
import type { Finding } from '#contract/api/clips';
import { fail, ok, type Result } from '#contract/errors';
import { clipFileProblem, decodeClip } from './clips.ts';
import { measureClip } from './clipFile.ts';
import { hasWrongHash } from './findings.ts';
import { writeAside, writeEntries, writeProblem } from './folderFiles.ts';
import { withFolderLock } from './folderLock.ts';
import {
  manifestName,
  readEntries,
  withDuration,
  type ManifestEntry,
  type ManifestLine,
} from './manifest.ts';
import { isClipName, isPlainName, placeOfName } from './names.ts';
import { readSidecar } from './sidecars.ts';
import { levelled, measureSpeech, trimSilence } from './speech.ts';
import { clipSampleRate } from './voices/voice.ts';
import { encodeWav, locateWav, looksLikeWav } from './wav.ts';

export type Mend = NonNullable<Finding['mend']>;
export interface Mending {
  filename: string;
  mend: Mend;
}

const mends: readonly string[] = [
  'normalise',
  'trim',
  'drop_line',
  'adopt',
  'cut_odd_byte',
] satisfies readonly Mend[];
/** So many clips are mended before their lines are written and others get the folder. */
const clipsAtOnce = 8;

function isMend(word: string): word is Mend {
  return mends.includes(word);
}

/** Checks what a screen asks for. Error: `unknown_mend`. */
export function mendingsOf(asked: readonly { filename: string; mend: string }[]): Result<Mending[]> {
  const mendings: Mending[] = [];
  for (const { filename, mend } of asked) {
    const known = filename === manifestName || (isPlainName(filename) && isClipName(filename));
    if (!isMend(mend) || !known)
      return fail('invalid_input', 'unknown_mend', `${filename} cannot be mended by "${mend}".`);
    mendings.push({ filename, mend });
  }
  return ok(mendings);
}

/** The bytes of a clip whose last sample may be cut in two. */
function withoutOddByte(bytes: Buffer): { samples: Int16Array; isWav: boolean } | null {
  if (!looksLikeWav(bytes)) return { samples: samplesOf(bytes), isWav: false };
  const wav = locateWav(bytes, bytes.length);
  return 'format' in wav
    ? { samples: samplesOf(bytes.subarray(wav.at, wav.at + wav.bytes)), isWav: true }
    : null;
}

/** The bytes of a clip's file, whatever is in them; null when it may not or cannot be read. */
async function bytesOf(path: string): Promise<Buffer | null> {
  try {
    return (await clipFileProblem(path)) === null ? await readFile(path) : null;
  } catch {
    return null;
  }
}

/** Mends one clip; how many samples it has then, or null when there is nothing that could be mended. Rejects when it cannot be written. */
async function mendClip(folder: string, filename: string, wanted: ReadonlySet<Mend>): Promise<number | null> {
  const path = join(folder, filename);
  const bytes = await bytesOf(path);
  if (bytes === null) return null;
  const whole = decodeClip(bytes, path);
  const cut = !whole.ok && whole.error.code === 'clip_odd' && wanted.has('cut_odd_byte');
  const opened = whole.ok || cut ? withoutOddByte(bytes) : null;
  if (!opened || opened.samples.length === 0) return null;
  let { samples } = opened;
  if (wanted.has('trim')) samples = trimSilence(samples) ?? samples;
  const figures = wanted.has('normalise') ? measureSpeech(samples) : null;
  if (figures) samples = levelled(samples, figures);
  if (!cut && samples === opened.samples) return null;
  const raw = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  await writeAside(path, opened.isWav ? encodeWav(samples, clipSampleRate) : raw);
  return samples.length;
}

/** Mends some clips under the folder's lock. When one cannot be written the lines of those before it are. */
async function mendClips(
  folder: string,
  clips: readonly (readonly [string, ReadonlySet<Mend>])[],
): Promise<void> {
  await withFolderLock(folder, async () => {
    const lengths = new Map<string, number>();
    try {
      for (const [filename, wanted] of clips) {
        const length = await mendClip(folder, filename, wanted);
        if (length !== null) lengths.set(filename, length);
      }
    } finally {
      await tellLengths(folder, lengths);
    }
  });
}

/** Writes the new lengths of clips into their lines. */
async function tellLengths(folder: string, lengths: ReadonlyMap<string, number>): Promise<void> {
  const entries = await readEntries(folder);
  const changed = entries.map((entry) => {
    const length = entry.line && lengths.get(entry.line.filename);
    if (length == null) return entry;
    return { raw: withDuration(entry.raw, Number((length / clipSampleRate).toFixed(3))) };
  });
  if (changed.some((entry, i) => entry !== entries[i])) await writeEntries(folder, changed);
}

/** Lines that are to go. Of several lines of one file the last one stays, if its file does and it says what the file is. */
function dropLines(
  entries: readonly ManifestEntry[],
  dropped: ReadonlySet<string>,
  files: ReadonlySet<string>,
): ManifestEntry[] {
  const last = new Map(entries.map((entry) => [entry.line?.filename, entry]));
  return entries.filter((entry) => {
    const { line } = entry;
    if (!line) return !dropped.has(manifestName);
    if (!dropped.has(line.filename)) return true;
    return files.has(line.filename) && last.get(line.filename) === entry && !hasWrongHash(line);
  });
}

/** The line of a clip that has none: of its sidecar, else what its name says. Null when it is no clip. */
async function adopted(
  folder: string,
  filename: string,
  files: ReadonlySet<string>,
): Promise<ManifestLine | null> {
  const path = join(folder, filename);
  const measured = await measureClip(path);
  if (!measured.ok) return null;
  const place = placeOfName(filename);
  const made = (await stat(path)).mtime.toISOString();
  const sidecar = await readSidecar(folder, filename, files);
  return {
    text: '',
    voice: '',
    scenario: place?.conversation ?? null,
    turn_index: place?.turn ?? null,
    turn_count: place?.turns ?? null,
    created_at: made,
    ...sidecar,
    filename,
    sample_rate: clipSampleRate,
    duration_seconds: Number((measured.value.durationMs / 1000).toFixed(3)),
  };
}

async function mendLines(
  folder: string,
  dropped: ReadonlySet<string>,
  orphans: readonly string[],
): Promise<void> {
  await withFolderLock(folder, async () => {
    const files = new Set(await readdir(folder));
    const entries = await readEntries(folder);
    const kept = dropLines(entries, dropped, files);
    const listed = new Set(kept.map(({ line }) => line?.filename));
    const added: { raw: string }[] = [];
    for (const filename of new Set(orphans)) {
      const line = listed.has(filename) ? null : await adopted(folder, filename, files);
      if (line !== null) added.push({ raw: JSON.stringify(line) });
    }
    if (kept.length < entries.length || added.length > 0) await writeEntries(folder, [...kept, ...added]);
  });
}

/**
 * Mends the clips and lines of a folder; verifying again shows what could not be mended. What was mended before something
 * cannot be written stays so. Errors: `cache_unwritable`, `cache_busy`.
 */
export async function mendFolder(folder: string, mendings: readonly Mending[]): Promise<Result<null>> {
  const clips = new Map<string, Set<Mend>>();
  const dropped = new Set<string>();
  const orphans: string[] = [];
  for (const { filename, mend } of mendings) {
    if (mend === 'drop_line') dropped.add(filename);
    else if (filename === manifestName) continue;
    else if (mend === 'adopt') orphans.push(filename);
    else clips.set(filename, (clips.get(filename) ?? new Set()).add(mend));
  }
  try {
    await access(folder, constants.W_OK);
    const waiting = [...clips];
    while (waiting.length > 0) await mendClips(folder, waiting.splice(0, clipsAtOnce));
    if (dropped.size > 0 || orphans.length > 0) await mendLines(folder, dropped, orphans);
    return ok(null);
  } catch (thrown) {
    return { ok: false, error: writeProblem(folder, thrown) };
  }
}
