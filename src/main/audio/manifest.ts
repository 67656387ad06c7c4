/** `manifest.jsonl`: one JSON line for each clip of a folder. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { offlineVoices } from './voices/offline/messages.ts';
import type { Utterance } from './address.ts';

export const manifestName = 'manifest.jsonl';

/** Lines of other programs carry less: what says how a clip sounds is read, the rest is optional. */
export const ManifestLine = z.object({
  filename: z.string().refine((name) => name !== '' && basename(name) === name && !name.includes('\\')),
  text: z.string(),
  voice: z.string(),
  provider: z.enum(['offline', 'azure']).optional(),
  style: z.string().nullish(),
  rate: z.string().nullish(),
  sample_rate: z.number().optional(),
  duration_seconds: z.number().optional(),
  scenario: z.string().nullish(),
  turn_index: z.number().int().nullish(),
  turn_count: z.number().int().nullish(),
  created_at: z.string().optional(),
  hash: z.string().optional(),
});
export type ManifestLine = z.infer<typeof ManifestLine>;

/** What a line says was spoken. Without a provider the voice's name tells. */
export function utteranceOfLine(line: ManifestLine): Utterance {
  const offline: readonly string[] = offlineVoices;
  return {
    text: line.text,
    voice: line.voice,
    provider: line.provider ?? (offline.includes(line.voice) ? 'offline' : 'azure'),
    style: line.style ?? null,
    rate: line.rate ?? null,
  };
}

function parseLine(text: string): ManifestLine | null {
  try {
    const line = ManifestLine.safeParse(JSON.parse(text));
    return line.success ? line.data : null;
  } catch {
    return null;
  }
}

/** The readable lines of a folder's manifest; none when it has no manifest. Lines of another shape are passed over. */
export async function readManifest(folder: string): Promise<ManifestLine[]> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestName), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/** Writes a file beside its place and moves it there, so that it is never seen half-written. */
export async function writeAside(path: string, content: string | Uint8Array): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
  try {
    await writeFile(aside, content);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Replaces a folder's manifest. */
export async function writeManifest(folder: string, lines: ManifestLine[]): Promise<void> {
  await writeAside(join(folder, manifestName), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
