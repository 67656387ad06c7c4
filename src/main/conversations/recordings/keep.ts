/** Recordings of the workspace: 16 kHz 16-bit mono WAV files with a line each in their folder's manifest. */
import { mkdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ok, type Result } from '#contract/errors';
import { appendLine } from '../../audio/folderFiles.ts';
import { withFolderLock } from '../../audio/folderLock.ts';
import { readManifest } from '../../audio/manifest.ts';
import { clipSampleRate } from '../../audio/voices/voice.ts';
import { diskRefused } from '../diskErrors.ts';
import { encodeWav } from '../../audio/wav.ts';
import { slugOf, writeNew } from '../fileNames.ts';

/** The voice of a line that no voice spoke. */
const recordedVoice = 'recording';

/** Folder of the recordings. */
export function recordingsFolder(workspace: string): string {
  return join(workspace, 'recordings');
}

/** What a turn of a library's conversation calls a recording. */
export function clipOfRecording(filename: string): string {
  return `../recordings/${filename}`;
}

/** The file of the very same audio under this name, from an import before. */
async function keptBefore(
  folder: string,
  slug: string,
  wanted: { hash: string; text: string },
  bytes: Uint8Array,
): Promise<string | null> {
  for (const line of await readManifest(folder)) {
    if (line.hash !== wanted.hash || line.text !== wanted.text) continue;
    if (line.filename.replace(/(-\d+)?\.wav$/, '') !== slug) continue;
    const there = await readFile(join(folder, line.filename)).catch(() => null);
    if (there?.equals(bytes) === true) return line.filename;
  }
  return null;
}

/** Keeps a recording under its name, or that name with a number; the very same audio is not kept twice. Its file name. Error: `disk_refused`. */
export async function keepRecording(
  workspace: string,
  recording: { name: string; samples: Int16Array; text: string },
): Promise<Result<string>> {
  const { name, samples } = recording;
  const text = recording.text.replaceAll(/\s+/g, ' ').trim();
  const folder = recordingsFolder(workspace);
  const bytes = encodeWav(samples, clipSampleRate);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const slug = slugOf(name, 'recording');
  try {
    await mkdir(folder, { recursive: true });
    return await withFolderLock(folder, async () => {
      const before = await keptBefore(folder, slug, { hash, text }, bytes);
      if (before !== null) return ok(before);
      const filename = await writeNew(folder, slug, 'wav', bytes);
      await appendLine(folder, {
        filename,
        text,
        voice: recordedVoice,
        provider: recordedVoice,
        sample_rate: clipSampleRate,
        duration_seconds: Number((samples.length / clipSampleRate).toFixed(3)),
        created_at: new Date().toISOString(),
        hash,
      });
      return ok(filename);
    });
  } catch (thrown) {
    return diskRefused(`The recording cannot be kept in ${folder}`, thrown);
  }
}
