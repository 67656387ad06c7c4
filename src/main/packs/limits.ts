/**
 * Azure's limits on what goes up, and how clips are put into archives so that they hold. Sources: learn.microsoft.com,
 * app-testing/load-testing: resource-limits-quotas-capacity, reference-test-config-yaml.
 */
import type { PackCheck } from '#contract/api/packs';
import { formatDuration } from '#contract/quantities';
import type { PackLoad } from './load.ts';
import { usersPerProcess } from './load.ts';
import { zipBytes, type SizedEntry } from './zip.ts';

const mebibyte = 1024 * 1024;
/** One file, and one archive. Stored archives are as large as what is in them. */
const largestFile = 50 * mebibyte;
const mostArchives = 5;
const mostInArchive = 1000;
/** Uploads of a test; room is left for what is uploaded again. */
const mostUploads = 900;
/** More than so many clips go up together rather than one by one. */
const mostSeparateClips = 40;
const mostDownloadable = { engines: 45, ms: 3 * 3_600_000 };
const longestRunMs = 24 * 3_600_000;

export interface Archive {
  name: string;
  /** Names of the clips in it. */
  clips: string[];
  bytes: number;
}

/** Puts clips into archives where that helps; none when they are few, or when no division fits. */
export function archivesFor(clips: readonly SizedEntry[]): Archive[] {
  if (clips.length <= mostSeparateClips) return [];
  const groups: SizedEntry[][] = [];
  for (const clip of clips) {
    const last = groups.at(-1);
    const fits = last && last.length < mostInArchive && zipBytes([...last, clip]) < largestFile;
    if (fits) last.push(clip);
    else groups.push([clip]);
  }
  if (groups.length > mostArchives) return [];
  return groups.map((group, i) => ({
    name: groups.length === 1 ? 'clips.zip' : `clips-${i + 1}.zip`,
    clips: group.map(({ name }) => name),
    bytes: zipBytes(group),
  }));
}

/** `1.2 MB` */
export function shownBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Everything that goes up by itself, held against the limits. */
export function uploadChecks(uploads: readonly SizedEntry[], archives: readonly Archive[]): PackCheck[] {
  const checks: PackCheck[] = [];
  for (const { name, bytes } of uploads.filter((upload) => upload.bytes > largestFile)) {
    const text = `${name} has ${shownBytes(bytes)}; Azure takes files of at most 50 MB: make that turn shorter.`;
    checks.push({ level: 'error', text });
  }
  if (uploads.length > mostUploads) {
    const text = `${uploads.length} files are too many: Azure takes 1000 uploads of a test, or 5 archives of 50 MB; take fewer conversations or --max-turns.`;
    checks.push({ level: 'error', text });
  }
  if (checks.length > 0) return checks;
  const total = uploads.reduce((sum, { bytes }) => sum + bytes, 0);
  const packed = archives.length > 0 ? `, ${archives.length === 1 ? 'one of them an archive' : `${archives.length} of them archives`} of the clips` : ''; // prettier-ignore
  return [
    {
      level: 'ok',
      text: `${uploads.length} files of ${shownBytes(total)} go up${packed}: within Azure's limits (50 MB a file, 1000 uploads, 5 archives).`,
    },
  ];
}

/** The load held against what Azure and its engines can do. */
export function loadChecks(load: PackLoad): PackCheck[] {
  const { users, engineInstances: engines, durationMs } = load;
  const checks: PackCheck[] = [];
  const each = Math.ceil(users / engines);
  if (each > usersPerProcess) {
    const wanted = Math.ceil(users / usersPerProcess);
    const text = `${each} users for each engine are many for one Locust process (about ${usersPerProcess}): ${wanted} engines are safe. Watch frame_lateness.`;
    checks.push({ level: 'warning', text });
  }
  if (engines > 1) {
    const text = `Azure's documents disagree on LOCUST_USERS: ${users} users in all, or ${users} on each of ${engines} engines (${users * engines}). Look at VirtualUsers of the first run.`;
    checks.push({ level: 'warning', text });
  }
  if (durationMs > longestRunMs) {
    const text = `A run of ${formatDuration(durationMs)} is longer than the 24 hours that Azure allows.`;
    checks.push({ level: 'error', text });
  } else if (engines > mostDownloadable.engines || durationMs > mostDownloadable.ms) {
    const text = `With more than ${mostDownloadable.engines} engines or 3 hours Azure offers no results for download; copy its artifacts from the storage address it shows (it holds for an hour).`;
    checks.push({ level: 'warning', text });
  }
  return checks;
}
