/** Finding the clip of an utterance by its content, and keeping new ones. */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addressOf, type Utterance } from './address.ts';
import { readManifest, utteranceOfLine, writeAside, writeManifest, type ManifestLine } from './manifest.ts';
import { clipSampleRate } from './voices/voice.ts';

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function fileNameOf(utterance: Utterance): string {
  const words = utterance.text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 40)
    .replaceAll(/^_+|_+$/g, '');
  return `${words || 'clip'}_${addressOf(utterance).slice(0, 12)}.pcm`;
}

/** Several folders of clips, searched in order. Each manifest is read once. */
export class ClipCache {
  readonly #folders: string[];
  readonly #read = new Map<string, Promise<Map<string, string>>>();
  #writing: Promise<void> = Promise.resolve();

  constructor(folders: string[]) {
    this.#folders = [...new Set(folders)];
  }

  #files(folder: string): Promise<Map<string, string>> {
    let files = this.#read.get(folder);
    if (!files) {
      files = readManifest(folder).then(
        (lines) =>
          new Map(lines.map((line) => [addressOf(utteranceOfLine(line)), join(folder, line.filename)])),
      );
      this.#read.set(folder, files);
    }
    return files;
  }

  /** Absolute path of the utterance's clip, or null when no folder has it. */
  async find(utterance: Utterance): Promise<string | null> {
    const address = addressOf(utterance);
    for (const folder of this.#folders) {
      const path = (await this.#files(folder)).get(address);
      if (path !== undefined && (await exists(path))) return path;
    }
    return null;
  }

  /**
   * Keeps a clip (16 kHz samples) in `folder` with its manifest line. Rejects when the folder cannot be written.
   * When two programs write at once one line may be lost; its clip is then spoken and kept again under the same name.
   */
  async keep(folder: string, utterance: Utterance, samples: Int16Array): Promise<string> {
    const filename = fileNameOf(utterance);
    const address = addressOf(utterance);
    const write = this.#writing.then(async () => {
      await mkdir(folder, { recursive: true });
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      await writeAside(join(folder, filename), bytes);
      const others = (await readManifest(folder)).filter(
        (line) => addressOf(utteranceOfLine(line)) !== address,
      );
      const line: ManifestLine = {
        filename,
        text: utterance.text,
        voice: utterance.voice,
        provider: utterance.provider,
        sample_rate: clipSampleRate,
        style: utterance.style,
        rate: utterance.rate,
        duration_seconds: Number((samples.length / clipSampleRate).toFixed(3)),
        scenario: null,
        turn_index: null,
        turn_count: null,
        created_at: new Date().toISOString(),
        hash: address,
      };
      await writeManifest(folder, [...others, line]);
      this.#read.delete(folder);
    });
    this.#writing = write.catch(() => undefined);
    await write;
    return join(folder, filename);
  }
}
