/** What a folder of clips says it holds: its manifest, and the sidecar files of other programs. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf } from './address.ts';
import {
  manifestName,
  readEntries,
  utteranceOfLine,
  type ManifestEntry,
  type ManifestLine,
} from './manifest.ts';
import { readSidecars } from './sidecars.ts';

export interface Listing {
  /** Every line of the manifest, readable or not. */
  entries: ManifestEntry[];
  /** What sidecar files say of clips that the manifest does not name. */
  sidecars: ManifestLine[];
  /** File names by address; those of the manifest before those of sidecars. Of several lines of a file the last one counts. */
  byAddress: ReadonlyMap<string, readonly string[]>;
  /** What is said of a file. */
  byName: ReadonlyMap<string, ManifestLine>;
}

/** Changes whenever a line, a clip or a sidecar comes or goes. */
async function stampOf(folder: string): Promise<string> {
  const stamps = [folder, join(folder, manifestName)].map(async (path) => {
    try {
      const { ino, size, mtimeMs } = await stat(path);
      return `${ino} ${size} ${mtimeMs}`;
    } catch {
      return '-';
    }
  });
  return (await Promise.all(stamps)).join(' ');
}

/** The names in a folder, sorted; none when it cannot be read. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

const addresses = new WeakMap<ManifestLine, string | null>();

/** The address of what a line says was spoken; null when it does not say it. */
export function addressOfLine(line: ManifestLine): string | null {
  let address = addresses.get(line);
  if (address === undefined) {
    const utterance = utteranceOfLine(line);
    address = utterance && addressOf(utterance);
    addresses.set(line, address);
  }
  return address;
}

/** One folder, read again only when something in it has changed. */
export class FolderListing {
  readonly #folder: string;
  #stamp: string | null = null;
  #last: Listing = { entries: [], sidecars: [], byAddress: new Map(), byName: new Map() };

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Empty when there is no such folder; rejects when its manifest cannot be read. */
  async read(): Promise<Listing> {
    const stamp = await stampOf(this.#folder);
    if (stamp === this.#stamp) return this.#last;
    const entries = await readEntries(this.#folder, this.#last.entries);
    const lines = entries.flatMap(({ line }) => line ?? []);
    const byName = new Map(lines.map((line) => [line.filename, line]));
    const sidecars = await readSidecars(this.#folder, await namesIn(this.#folder), new Set(byName.keys()));
    for (const line of sidecars) byName.set(line.filename, line);
    const byAddress = new Map<string, string[]>();
    for (const line of byName.values()) {
      const address = addressOfLine(line);
      if (address === null) continue;
      const same = byAddress.get(address);
      if (same) same.push(line.filename);
      else byAddress.set(address, [line.filename]);
    }
    this.#last = { entries, sidecars, byAddress, byName };
    this.#stamp = stamp;
    return this.#last;
  }
}
