/** Finding the clip of an utterance by its content, and keeping new ones. */
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, type Utterance } from './address.ts';
import { appendLine, removeLeftBehind, writeAside, writeEntries } from './folderFiles.ts';
import { withFolderLock } from './folderLock.ts';
import { addressOfLine, FolderListing, namesIn } from './listing.ts';
import type { ManifestEntry, ManifestLine } from './manifest.ts';
import { clipNames, type ClipPlace } from './names.ts';
import { clipSampleRate } from './voices/voice.ts';

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Several folders of clips, searched in order. What other programs add is found too. */
export class ClipCache {
  readonly #folders: string[];
  readonly #listings = new Map<string, FolderListing>();
  readonly #tidied = new Set<string>();

  constructor(folders: string[]) {
    this.#folders = [...new Set(folders)];
  }

  #listing(folder: string): FolderListing {
    const listing = this.#listings.get(folder) ?? new FolderListing(folder);
    this.#listings.set(folder, listing);
    return listing;
  }

  async #fileIn(folder: string, address: string): Promise<string | null> {
    for (const filename of (await this.#listing(folder).read()).byAddress.get(address) ?? []) {
      const path = join(folder, filename);
      if (await exists(path)) return path;
    }
    return null;
  }

  /** Absolute path of the utterance's clip, or null when no folder has it. */
  async find(utterance: Utterance): Promise<string | null> {
    const address = addressOf(utterance);
    for (const folder of this.#folders) {
      // A manifest that cannot be read has nothing to offer; verifying the folder says so.
      const path = await this.#fileIn(folder, address).catch(() => null);
      if (path !== null) return path;
    }
    return null;
  }

  /**
   * Keeps a clip (16 kHz samples) in `folder` with its manifest line and answers with its path. What is there already,
   * kept by another program meanwhile, stays; no file is ever overwritten, but for the clip of these very words when it is
   * to be replaced. Rejects when the folder cannot be written.
   */
  async keep(
    folder: string,
    utterance: Utterance,
    samples: Int16Array,
    place: ClipPlace | null = null,
    replace = false,
  ): Promise<string> {
    await mkdir(folder, { recursive: true });
    return await withFolderLock(folder, async () => {
      if (!this.#tidied.has(folder)) await removeLeftBehind(folder);
      this.#tidied.add(folder);
      const address = addressOf(utterance);
      const there = await this.#fileIn(folder, address);
      if (there !== null && !replace) return there;
      const { entries } = await this.#listing(folder).read();
      const line = (filename: string) => lineFor(filename, utterance, samples.length, place);
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

      const lost = entries.find((entry) => entry.line && addressOfLine(entry.line) === address)?.line;
      // Its file is gone, or to be replaced: the clip has the name it had, where that says raw samples.
      const old = lost && /\.pcm$/i.test(lost.filename) ? lost.filename : null;
      const names = clipNames(address, utterance.text, place);
      const filename = old ?? (await this.#freeName(folder, names, bytes, entries));
      const path = join(folder, filename);
      if (old !== null || !(await exists(path))) await writeAside(path, bytes);
      if (lost) {
        const others = entries.filter((entry) => entry.line?.filename !== lost.filename);
        await writeEntries(folder, [...others, { raw: JSON.stringify(line(filename)) }]);
      } else await appendLine(folder, line(filename));
      return path;
    });
  }

  /** The first name that nothing else has. A file of the very same bytes that no line names was left by a program that was interrupted. */
  async #freeName(
    folder: string,
    names: Iterable<string>,
    bytes: Uint8Array,
    entries: readonly ManifestEntry[],
  ): Promise<string> {
    const named = new Set(entries.map(({ line }) => line?.filename.toLowerCase()));
    const onDisk = new Map((await namesIn(folder)).map((name) => [name.toLowerCase(), name]));
    for (const name of names) {
      if (named.has(name)) continue;
      const there = onDisk.get(name);
      if (there === undefined) return name;
      if (there === name && (await readFile(join(folder, name))).equals(bytes)) return name;
    }
    throw new Error(`every name for the clip of ${JSON.stringify(bytes.length)} bytes is taken in ${folder}`);
  }
}

/** The manifest line of a clip that was just made. `samples`: how many, at 16 kHz. */
export function lineFor(
  filename: string,
  utterance: Utterance,
  samples: number,
  place: ClipPlace | null,
): ManifestLine {
  return {
    filename,
    text: utterance.text,
    voice: utterance.voice,
    provider: utterance.provider,
    sample_rate: clipSampleRate,
    style: utterance.style,
    rate: utterance.rate,
    duration_seconds: Number((samples / clipSampleRate).toFixed(3)),
    scenario: place?.conversation ?? null,
    turn_index: place?.turn ?? null,
    turn_count: place?.turns ?? null,
    created_at: new Date().toISOString(),
    hash: addressOf(utterance),
  };
}
