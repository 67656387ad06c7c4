/** Everything about the clips of a folder: what each is, and what is wrong. */
import { access, constants, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { CacheReport, ClipFacts, Finding } from '#contract/api/clips';
import { fail, ok, type Result } from '#contract/errors';
import { diskReason } from '../diskReason.ts';
import { findingOfError, findingsOfClip, hasWrongHash } from './findings.ts';
import { FolderListing, type Listing } from './listing.ts';
import { manifestName, utteranceOfLine, type ManifestLine } from './manifest.ts';
import { isClipName } from './names.ts';
import { severalAtATime } from './several.ts';
import type { ClipShelf } from './shelf.ts';

const atATime = 8;
/** So many lines are looked at before others get their turn. */
const linesAtOnce = 200;

export interface VerifyOptions {
  shelf: ClipShelf;
  /** Clips without a line are then findings even where there is no manifest. */
  expectManifest?: boolean;
}

interface Clip {
  filename: string;
  bytes: number;
  facts: ClipFacts | null;
  findings: Finding[];
}

async function namesOf(folder: string): Promise<Result<string[]>> {
  try {
    return ok((await readdir(folder)).sort());
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
    switch (code) {
      case 'ENOENT':
        return fail('not_found', 'folder_missing', `There is no folder ${folder}; name one that has clips.`);
      case 'ENOTDIR':
        return fail(
          'invalid_input',
          'not_a_folder',
          `${folder} is a file, not a folder; name the folder it is in.`,
        );
      default:
        return fail(
          'unavailable',
          'folder_unreadable',
          `The folder ${folder} cannot be read: ${diskReason(thrown)}.`,
        );
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function clipsOf(folder: string, names: readonly string[], shelf: ClipShelf): Promise<Clip[]> {
  const clips = names
    .filter(isClipName)
    .map((filename): Clip => ({ filename, bytes: 0, facts: null, findings: [] }));
  await severalAtATime(clips, atATime, async (clip) => {
    const path = join(folder, clip.filename);
    clip.bytes = await sizeOf(path);
    const seen = await shelf.look(path, clip.filename);
    if (!seen.ok) clip.findings.push(findingOfError(clip.filename, seen.error));
    else {
      clip.facts = seen.value.facts;
      clip.findings.push(...findingsOfClip(clip.filename, seen.value.measures));
    }
  });
  return clips;
}

/** Null where there is a manifest that cannot be read: nobody knows then what it says. */
async function listingOf(folder: string): Promise<{ listing: Listing | null; findings: Finding[] }> {
  const listing = new FolderListing(folder);
  try {
    return { listing: await listing.read(), findings: [] };
  } catch (thrown) {
    const message = `${manifestName} cannot be read: ${diskReason(thrown)}.`;
    return {
      listing: null,
      findings: [{ kind: 'unreadable', severity: 'error', filename: manifestName, message, mend: null }],
    };
  }
}

function badLines({ entries }: Listing): Finding[] {
  const bad = entries.flatMap(({ line }, i) => (line === null ? [i + 1] : []));
  if (bad.length === 0) return [];
  const which =
    bad.length === 1 ? `Line ${bad[0] ?? 0}` : `${bad.length} lines (the first is ${bad[0] ?? 0})`;
  const message = `${which} of ${manifestName} cannot be read: not the JSON of a clip in this folder.`;
  return [{ kind: 'bad_line', severity: 'warning', filename: manifestName, message, mend: 'drop_line' }];
}

async function lineFindings(listing: Listing, files: ReadonlySet<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const lines = new Map<string, ManifestLine[]>();
  for (const [i, { line }] of listing.entries.entries()) {
    if (i % linesAtOnce === linesAtOnce - 1) await setImmediate();
    if (!line) continue;
    const { filename } = line;
    const others = lines.get(filename);
    if (others) others.push(line);
    else lines.set(filename, [line]);
    if (!others && !files.has(filename))
      findings.push({
        kind: 'missing',
        severity: 'error',
        filename,
        message: `${filename} is in ${manifestName}, but there is no such file; generate it again or drop the line.`,
        mend: 'drop_line',
      });
    if (hasWrongHash(line))
      findings.push({
        kind: 'wrong_hash',
        severity: 'warning',
        filename,
        message: `${filename} was made of other words or by another voice than its line says; generate it again or drop the line.`,
        mend: 'drop_line',
      });
  }
  for (const [filename, same] of lines) {
    if (same.length > 1 && files.has(filename))
      findings.push({
        kind: 'duplicate_name',
        severity: 'warning',
        filename,
        message: `${filename} has ${same.length} lines in ${manifestName}; the last one counts.`,
        mend: 'drop_line',
      });
  }
  return findings;
}

/** Clips of which neither a line nor a sidecar file says the words. */
function orphans(listing: Listing, clips: readonly Clip[]): Finding[] {
  const listed = new Set(listing.entries.map(({ line }) => line?.filename));
  const described = new Set(listing.sidecars.flatMap((line) => (utteranceOfLine(line) ? line.filename : [])));
  return clips
    .filter(({ filename }) => !listed.has(filename) && !described.has(filename))
    .map(({ filename, facts }) => ({
      kind: 'orphan',
      severity: 'warning',
      filename,
      message: `${filename} has no line in ${manifestName}, so nobody finds it by its words.`,
      mend: facts === null ? null : 'adopt',
    }));
}

/** Names that are one on Windows and macOS. */
function sameNames(clips: readonly Clip[]): Finding[] {
  const seen = new Map<string, string>();
  return clips.flatMap(({ filename }): Finding[] => {
    const folded = filename.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    seen.set(folded, filename);
    if (other === undefined) return [];
    const message = `${filename} and ${other} are one name on Windows and macOS; rename one of them.`;
    return [{ kind: 'duplicate_name', severity: 'warning', filename, message, mend: null }];
  });
}

/** Who made a folder: most of its lines decide; the original tool names no provider. */
function madeBy(listing: Listing | null): CacheReport['made'] {
  if (listing === null) return 'plain';
  const lines = [...listing.entries.flatMap(({ line }) => line ?? []), ...listing.sidecars];
  if (lines.length === 0) return 'plain';
  const own = lines.filter((line) => line.provider != null).length;
  return own * 2 >= lines.length ? 'crosstalk' : 'original';
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Looks at every clip of a folder and at every line of its manifest; nothing is changed, and others can work meanwhile.
 * Errors: `folder_missing`, `not_a_folder`, `folder_unreadable`.
 */
export async function verifyFolder(folder: string, options: VerifyOptions): Promise<Result<CacheReport>> {
  const { shelf, expectManifest = false } = options;
  const path = resolve(folder);
  const names = await namesOf(path);
  if (!names.ok) return names;
  shelf.open(path);
  const { listing, findings } = await listingOf(path);
  const clips = await clipsOf(path, names.value, shelf);
  const files = new Set(names.value);
  if (listing) findings.push(...badLines(listing), ...(await lineFindings(listing, files)));
  if (listing && (expectManifest || listing.entries.length > 0 || listing.sidecars.length > 0))
    findings.push(...orphans(listing, clips));
  findings.push(...sameNames(clips), ...clips.flatMap((clip) => clip.findings));
  const seen = clips.flatMap(({ facts }) => facts ?? []);
  return ok({
    folder: path,
    writable: await isWritable(path),
    made: madeBy(listing),
    clips: seen,
    bytes: clips.reduce((sum, clip) => sum + clip.bytes, 0),
    durationMs: seen.reduce((sum, facts) => sum + facts.durationMs, 0),
    findings,
  });
}
