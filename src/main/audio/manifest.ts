/** `manifest.jsonl`: one JSON line for each clip of a folder, and what other programs write instead or beside. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sameSpeech, type Utterance } from './address.ts';
import { isPlainName } from './names.ts';
import { offlineVoices } from './voices/offline/messages.ts';

export const manifestName = 'manifest.jsonl';
const largestManifestBytes = 64 * 1024 * 1024;

const optionalText = z.string().nullish().catch(undefined);
const optionalNumber = z.union([z.null(), z.coerce.number()]).optional().catch(undefined);

/** Lines of other programs carry less. Without words or a voice (both then empty) nobody can ask for the clip by what it says. */
export const ManifestLine = z.object({
  filename: z.string().refine(isPlainName),
  text: z.string().catch(''),
  voice: z.string().catch(''),
  provider: optionalText,
  style: optionalText,
  rate: optionalText,
  sample_rate: optionalNumber,
  duration_seconds: optionalNumber,
  scenario: optionalText,
  turn_index: optionalNumber,
  turn_count: optionalNumber,
  created_at: optionalText,
  hash: optionalText,
});
export type ManifestLine = z.infer<typeof ManifestLine>;

/** A line of a manifest as it stands. `line` is null when it cannot be read. */
export interface ManifestEntry {
  raw: string;
  line: ManifestLine | null;
}

/** Other words for the same fields. */
const otherWords: Record<string, keyof ManifestLine> = {
  file: 'filename',
  file_name: 'filename',
  utterance: 'text',
  voice_name: 'voice',
  duration: 'duration_seconds',
  duration_s: 'duration_seconds',
  duration_sec: 'duration_seconds',
  conversation: 'scenario',
  turn: 'turn_index',
  turns: 'turn_count',
};

/** `durationSeconds` → `duration_seconds`, `file` → `filename`. */
function wordFor(written: string): string {
  const key = written.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
  return otherWords[key] ?? key;
}

/** What an object of a manifest or a sidecar file says. `filename` is for one that does not name its file. Null: nothing that can be used. */
export function lineOf(value: unknown, filename?: string): ManifestLine | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields: Record<string, unknown> = {};
  for (const [written, content] of Object.entries(value)) {
    fields[wordFor(written)] ??= content;
  }
  if (filename !== undefined) fields.filename = filename;
  else if (typeof fields.path === 'string') fields.filename ??= fields.path.split(/[/\\]/).at(-1);
  const line = ManifestLine.safeParse(fields);
  return line.success ? line.data : null;
}

/** A manifest's line as it stands, but for the duration; everything else other programs wrote is kept. */
export function withDuration(raw: string, seconds: number): string {
  const value: unknown = JSON.parse(raw);
  if (typeof value !== 'object' || value === null) return raw;
  const written = Object.keys(value).find((key) => wordFor(key) === 'duration_seconds');
  return JSON.stringify({ ...value, [written ?? 'duration_seconds']: seconds });
}

function parsed(text: string): ManifestLine | null {
  try {
    return lineOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a line says was spoken; null when it does not say it, or it was not synthesised. Without a provider the voice's name tells. */
export function utteranceOfLine(line: ManifestLine): Utterance | null {
  const { text, voice, style, rate } = line;
  if (text.trim() === '' || voice === '') return null;
  const offline: readonly string[] = offlineVoices;
  const provider = line.provider ?? (offline.includes(voice) ? 'offline' : 'azure');
  if (provider !== 'offline' && provider !== 'azure') return null;
  return sameSpeech({ text, voice, provider, style: style ?? null, rate: rate ?? null });
}

/** The text of a folder's manifest, empty when there is none; rejects when it cannot be read. */
async function manifestText(folder: string): Promise<string> {
  const path = join(folder, manifestName);
  try {
    const { size } = await stat(path);
    if (size > largestManifestBytes) throw new Error(`${path} has ${size} bytes, which is no manifest`);
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return '';
    throw thrown;
  }
}

/**
 * Every line of a folder's manifest that is not blank, none when there is no manifest; rejects when it cannot be read.
 * Entries of an earlier reading are taken over where their line is still the same.
 */
export async function readEntries(
  folder: string,
  earlier: readonly ManifestEntry[] = [],
): Promise<ManifestEntry[]> {
  const text = await manifestText(folder);
  const known = new Map(earlier.map((entry) => [entry.raw, entry]));
  return text
    .split('\n')
    .map((raw) => raw.replace(/^\uFEFF|\r$/g, ''))
    .filter((raw) => raw.trim() !== '')
    .map((raw) => known.get(raw) ?? { raw, line: parsed(raw) });
}

/** The readable lines of a folder's manifest; none when it has no manifest that can be read. Lines of another shape are passed over. */
export async function readManifest(folder: string): Promise<ManifestLine[]> {
  try {
    return (await readEntries(folder)).flatMap(({ line }) => line ?? []);
  } catch {
    return [];
  }
}
