/** The samples of clips, fetched in parts and kept for a while. */
import { samplesOf } from '#contract/audio/level';
import type { Result } from '#contract/errors';
import { bytesOf } from './base64.ts';

/** A clip's samples: 16-bit, mono. */
export interface ClipSamples {
  sampleRate: number;
  samples: Int16Array;
}

/** A stretch of a clip, as the application answers it: 16-bit little-endian, base64. */
interface ClipPart {
  sampleRate: number;
  totalSamples: number;
  pcm: string;
}

/** Asks for a stretch of a clip, in samples. */
export type FetchPart = (clip: string, from: number, samples: number) => Promise<Result<ClipPart>>;

/** Samples asked for at once: 30 s at 16 kHz, 1.3 MB as it travels. */
const partSamples = 480_000;
const keptBytes = 64 << 20;

/** Clips by id, at most so many bytes of them; the one that was used longest ago goes first. */
export class ClipStore {
  readonly #fetch: FetchPart;
  readonly #most: number;
  /** In the order of use. */
  readonly #clips = new Map<string, Promise<Result<ClipSamples>>>();
  readonly #sizes = new Map<string, number>();

  constructor(fetch: FetchPart, most = keptBytes) {
    this.#fetch = fetch;
    this.#most = most;
  }

  /** All samples of a clip. A failure is not kept: the next call asks again. */
  get(clip: string): Promise<Result<ClipSamples>> {
    const known = this.#clips.get(clip);
    const answer = known ?? this.#read(clip);
    this.#clips.delete(clip);
    this.#clips.set(clip, answer);
    return answer;
  }

  /** Forgets what was fetched: the files may have changed. */
  clear(): void {
    this.#clips.clear();
    this.#sizes.clear();
  }

  #read(clip: string): Promise<Result<ClipSamples>> {
    const answer = this.#readParts(clip).then((result) => {
      // What was forgotten in the meantime stays so.
      if (this.#clips.get(clip) !== answer) return result;
      if (result.ok) this.#sizes.set(clip, result.value.samples.byteLength);
      else this.#clips.delete(clip);
      this.#shrink();
      return result;
    });
    return answer;
  }

  async #readParts(clip: string): Promise<Result<ClipSamples>> {
    let samples = new Int16Array(0);
    for (let from = 0; ;) {
      const answer = await this.#fetch(clip, from, partSamples);
      if (!answer.ok) return answer;
      const { sampleRate, totalSamples, pcm } = answer.value;
      const part = samplesOf(bytesOf(pcm));
      if (from === 0) samples = new Int16Array(totalSamples);
      samples.set(part.subarray(0, Math.max(0, samples.length - from)), from);
      from += part.length;
      // An empty part of a clip that is not over: its file was cut short meanwhile.
      if (from >= samples.length || part.length === 0) {
        return { ok: true, value: { sampleRate, samples: samples.subarray(0, from) } };
      }
    }
  }

  #shrink(): void {
    let held = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const clip of this.#clips.keys()) {
      if (held <= this.#most || this.#sizes.size <= 1) return;
      const size = this.#sizes.get(clip);
      if (size === undefined) continue;
      this.#clips.delete(clip);
      this.#sizes.delete(clip);
      held -= size;
    }
  }
}
