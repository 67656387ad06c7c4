/** The files of a pack and what is in them. */
import { createHash } from 'node:crypto';
import type { PackFile } from '#contract/api/packs';
import { manifestName } from '../audio/manifest.ts';
import type { PackClip } from './clips.ts';
import type { Archive } from './limits.ts';

export const documentName = 'pack.json';
export const scriptName = 'locustfile.py';
export const certificateName = 'ca.pem';

/** A file of a pack with what is in it. */
export interface PackContent extends PackFile {
  /** Null for an archive (its clips are its content) and for a clip that is not spoken yet. */
  content: Uint8Array | null;
}

export interface ContentParts {
  /** Of `pack.json`. */
  document: string;
  locustfile: Uint8Array;
  clips: readonly PackClip[];
  archives: readonly Archive[];
  certificate: Uint8Array | null;
  /** What people read and may change: the README and the settings, by name. */
  texts: Record<string, string>;
}

/** How a text is told from one that somebody has changed. */
export function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function manifestText(clips: readonly PackClip[]): string {
  const at = new Date().toISOString();
  return clips
    .map(({ filename, manifest }) => `${JSON.stringify({ filename, ...manifest, created_at: at })}\n`)
    .join('');
}

function whole(name: string, kind: PackFile['kind'], content: Uint8Array): PackContent {
  return { name, kind, content, bytes: content.byteLength, archive: null };
}

/** Which archive each clip goes into. */
export function archiveOfClips(archives: readonly Archive[]): Map<string, string> {
  return new Map(archives.flatMap(({ name, clips }) => clips.map((clip) => [clip, name])));
}

/** Every file, `pack.json` first, so that an archive of the whole can be known by how it begins. */
export function packContents(parts: ContentParts): PackContent[] {
  const archiveOf = archiveOfClips(parts.archives);
  return [
    whole(documentName, 'data', Buffer.from(parts.document)),
    whole(scriptName, 'script', parts.locustfile),
    whole(manifestName, 'manifest', Buffer.from(manifestText(parts.clips))),
    ...Object.entries(parts.texts).map(([name, text]) =>
      whole(name, name === 'README.md' ? 'readme' : 'config', Buffer.from(text)),
    ),
    ...(parts.certificate ? [whole(certificateName, 'data', parts.certificate)] : []),
    ...parts.archives.map(({ name, bytes }): PackContent => ({
      name,
      bytes,
      kind: 'archive',
      archive: null,
      content: null,
    })),
    ...parts.clips.map(({ filename, bytes, samples }): PackContent => ({
      name: filename,
      bytes,
      kind: 'clip',
      archive: archiveOf.get(filename) ?? null,
      content: samples && new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    })),
  ];
}
