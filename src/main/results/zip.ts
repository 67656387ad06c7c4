/**
 * Zip archives, read through their directory at the end: what they hold and how large it is unpacked is known before a
 * byte is unpacked. Stored and deflated entries, with 64-bit sizes too (APPNOTE.TXT 6.3, §4.3 and §4.5.3).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { cancelled, mostBytes, problem, type Reading, type ResultFile } from './files.ts';
import { counted, formatSize } from './words.ts';

const signatures = {
  entry: 0x02014b50,
  local: 0x04034b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator: 0x07064b50,
};
const endBytes = 22;
const longestComment = 65_535;
const largestDirectory = 8_000_000;
export const mostEntries = 1000;

export interface ZipEntry {
  /** With its folders, as the archive has it. */
  name: string;
  packed: number;
  bytes: number;
  method: number;
  encrypted: boolean;
  /** Of its local header. */
  offset: number;
}

const damaged = (name: string) =>
  problem('unreadable_zip', `${name} is a zip file that is cut off or damaged; download it again.`);

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}

/** Files of an archive, folders left out. Nothing is unpacked. */
export async function zipEntries(file: ResultFile): Promise<ZipEntry[]> {
  const handle = await open(file.path, 'r');
  try {
    const { size, offset } = await directoryOf(handle, file);
    if (size > largestDirectory || offset + size > file.bytes) throw damaged(file.name);
    return parseDirectory(await bytesAt(handle, offset, size), file.name);
  } catch (thrown) {
    // A field that lies beyond the end of what was read.
    if (thrown instanceof RangeError) throw damaged(file.name);
    throw thrown;
  } finally {
    await handle.close();
  }
}

async function directoryOf(handle: FileHandle, file: ResultFile): Promise<{ size: number; offset: number }> {
  const length = Math.min(file.bytes, endBytes + longestComment);
  const tail = await bytesAt(handle, file.bytes - length, length);
  let at = tail.length - endBytes;
  while (at >= 0 && tail.readUInt32LE(at) !== signatures.end) at--;
  if (at < 0) throw damaged(file.name);
  const size = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (offset !== 0xffffffff && size !== 0xffffffff) return { size, offset };
  const locator = at - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== signatures.locator) throw damaged(file.name);
  const end64 = await bytesAt(handle, Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (end64.readUInt32LE(0) !== signatures.end64) throw damaged(file.name);
  return { size: Number(end64.readBigUInt64LE(40)), offset: Number(end64.readBigUInt64LE(48)) };
}

function parseDirectory(bytes: Buffer, archive: string): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === signatures.entry) {
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const commentLength = bytes.readUInt16LE(at + 32);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const entry = {
      name,
      packed: bytes.readUInt32LE(at + 20),
      bytes: bytes.readUInt32LE(at + 24),
      method: bytes.readUInt16LE(at + 10),
      encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1,
      offset: bytes.readUInt32LE(at + 42),
    };
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    widen(entry, extra);
    if (!name.endsWith('/')) entries.push(entry);
    if (entries.length > mostEntries)
      throw problem(
        'too_many_entries',
        `${archive} holds more than ${mostEntries} files; the results of a run have one for each engine.`,
      );
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

/** Sizes that do not fit into 32 bits stand in an extra field, in this order, and only those. */
function widen(entry: ZipEntry, extra: Buffer): void {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const key of ['bytes', 'packed', 'offset'] as const) {
      if (entry[key] !== 0xffffffff) continue;
      entry[key] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
    return;
  }
}

/** Refuses an archive that would unpack to more than an import takes, by what it says of itself. */
export function refuseTooMuch(archive: string, entries: readonly ZipEntry[], most = mostBytes): void {
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > most)
    throw problem(
      'too_large',
      `${archive} would unpack to ${formatSize(total)} in ${counted(entries.length, 'file')}; at most ${formatSize(most)} are imported at once.`,
    );
}

/** Unpacks these entries into the folder of the import; one that is larger than it said is refused. */
export async function unpack(
  archive: ResultFile,
  entries: readonly ZipEntry[],
  reading: Reading,
): Promise<ResultFile[]> {
  refuseTooMuch(archive.name, entries, reading.mostBytes);
  await mkdir(reading.folder, { recursive: true, mode: 0o700 });
  const files: ResultFile[] = [];
  const total = entries.reduce((sum, { packed }) => sum + packed, 0);
  let done = 0;
  for (const [index, entry] of entries.entries()) {
    if (reading.signal.aborted) throw cancelled();
    const path = join(reading.folder, `unpacked-${index}`);
    await unpackOne(archive, entry, path, reading);
    files.push({ name: entry.name, path, bytes: entry.bytes });
    done += entry.packed;
    reading.onProgress(total === 0 ? 1 : done / total);
  }
  return files;
}

async function unpackOne(
  archive: ResultFile,
  entry: ZipEntry,
  path: string,
  reading: Reading,
): Promise<void> {
  if (entry.encrypted)
    throw problem(
      'encrypted_zip',
      `${entry.name} in ${archive.name} is encrypted; unpack it first and choose the files themselves.`,
    );
  if (entry.method !== 0 && entry.method !== 8)
    throw problem(
      'unreadable_zip',
      `${entry.name} in ${archive.name} is packed in a way that is not understood (${entry.method}); unpack it first and choose the files themselves.`,
    );
  const handle = await open(archive.path, 'r');
  let header: Buffer;
  try {
    header = await bytesAt(handle, entry.offset, 30);
  } finally {
    await handle.close();
  }
  if (header.length < 30 || header.readUInt32LE(0) !== signatures.local) throw damaged(archive.name);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (start + entry.packed > archive.bytes) throw damaged(archive.name);
  let bytes = 0;
  const counting = new Transform({
    transform(part: Buffer, _encoding, done) {
      bytes += part.length;
      done(bytes > entry.bytes ? damaged(archive.name) : null, part);
    },
  });
  const out = createWriteStream(path, { mode: 0o600 });
  if (entry.packed === 0) {
    out.end();
    await new Promise<void>((resolve, reject) => out.on('close', resolve).on('error', reject));
  } else {
    const raw = createReadStream(archive.path, { start, end: start + entry.packed - 1 });
    const stages = entry.method === 8 ? [raw, createInflateRaw(), counting, out] : [raw, counting, out];
    try {
      await pipeline(stages, { signal: reading.signal });
    } catch (thrown) {
      if (reading.signal.aborted) throw cancelled();
      if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_'))
        throw damaged(archive.name);
      throw thrown;
    }
  }
  if (bytes !== entry.bytes) throw damaged(archive.name);
}
