/** Archives as a stream: entries are stored as they are (speech hardly shrinks), so their size is known before. */
import { Zip, ZipPassThrough } from 'fflate';

export interface SizedEntry {
  name: string;
  bytes: number;
}

export interface ZipEntry extends SizedEntry {
  /** Its content, in parts. May be asked for once. */
  content(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const localHeader = 30;
const descriptor = 16;
const centralHeader = 46;
const endOfDirectory = 22;

/** Size of the archive `zipParts` makes of these. */
export function zipBytes(entries: readonly SizedEntry[]): number {
  return entries.reduce((sum, { name, bytes }) => {
    const length = Buffer.byteLength(name);
    return sum + localHeader + length + bytes + descriptor + centralHeader + length;
  }, endOfDirectory);
}

/** The bytes of an archive, one part after the other; never more of it in memory than a part of an entry. */
export async function* zipParts(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    ready.push(part);
  });
  for (const entry of entries) {
    const file = new ZipPassThrough(entry.name);
    zip.add(file);
    for await (const part of entry.content()) {
      file.push(part);
      yield* ready.splice(0);
    }
    file.push(new Uint8Array(), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}
