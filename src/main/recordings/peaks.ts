/** The outline of a recording for drawing, kept beside it once it is finished. */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeAtomically } from '../atomicFile.ts';
import type { RecordingFiles } from './names.ts';
import { bytesPerSample, positionOf, samplesIn } from './wavHeader.ts';

/** Lowest and highest of each stretch, alternating, −1…1. */
export interface Peaks {
  callerPeaks: number[];
  agentPeaks: number[];
}

const mostPairs = 2000;
const samplesAtOnce = 64 * 1024;
const fullScale = 32_768;

const KeptPeaks = z.object({
  samples: z.number().int(),
  callerPeaks: z.array(z.number()),
  agentPeaks: z.array(z.number()),
});

/** At most 2,000 pairs for each side. `keep` false: the file still grows. Rejects when the file cannot be read. */
export async function readPeaks(files: RecordingFiles, keep: boolean): Promise<Peaks> {
  const handle = await open(files.wav);
  try {
    const samples = samplesIn((await handle.stat()).size);
    const kept = await keptPeaks(files.peaks);
    if (kept?.samples === samples) return kept;
    const outline = new Outline(samples);
    const block = Buffer.alloc(samplesAtOnce * bytesPerSample);
    for (let at = 0; at < samples;) {
      const wanted = Math.min(samplesAtOnce, samples - at) * bytesPerSample;
      const { bytesRead } = await handle.read(block, 0, wanted, positionOf(at));
      const count = Math.floor(bytesRead / bytesPerSample);
      if (count === 0) break;
      outline.add(new Int16Array(block.buffer, block.byteOffset, count * 2));
      at += count;
    }
    const peaks = outline.peaks();
    if (keep) keepPeaks(files.peaks, { samples, ...peaks });
    return peaks;
  } finally {
    await handle.close();
  }
}

async function keptPeaks(file: string): Promise<z.infer<typeof KeptPeaks> | null> {
  try {
    const parsed = KeptPeaks.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function keepPeaks(file: string, peaks: z.infer<typeof KeptPeaks>): void {
  try {
    writeAtomically(file, JSON.stringify(peaks));
  } catch {
    // They are found again the next time.
  }
}

class Outline {
  readonly #samples: number;
  readonly #pairs: number;
  /** Lowest and highest by stretch and side: caller low, caller high, agent low, agent high. */
  readonly #found: Int16Array;
  #at = 0;

  constructor(samples: number) {
    this.#samples = samples;
    this.#pairs = Math.min(mostPairs, samples);
    this.#found = new Int16Array(this.#pairs * 4);
  }

  /** Samples of both sides, side by side. */
  add(both: Int16Array): void {
    const found = this.#found;
    let pair = Math.floor((this.#at * this.#pairs) / this.#samples);
    let until = this.#endOf(pair);
    for (let i = 0; i + 1 < both.length; i += 2, this.#at++) {
      if (this.#at >= until) until = this.#endOf(++pair);
      const caller = both[i] ?? 0;
      const agent = both[i + 1] ?? 0;
      const at = pair * 4;
      if (caller < (found[at] ?? 0)) found[at] = caller;
      else if (caller > (found[at + 1] ?? 0)) found[at + 1] = caller;
      if (agent < (found[at + 2] ?? 0)) found[at + 2] = agent;
      else if (agent > (found[at + 3] ?? 0)) found[at + 3] = agent;
    }
  }

  peaks(): Peaks {
    const side = (offset: number) =>
      Array.from({ length: this.#pairs * 2 }, (_, i) => {
        const value = this.#found[(i >> 1) * 4 + offset + (i & 1)] ?? 0;
        return Math.round((value / fullScale) * 1000) / 1000;
      });
    return { callerPeaks: side(0), agentPeaks: side(2) };
  }

  /** First sample that belongs to the stretch behind this one. */
  #endOf(pair: number): number {
    return Math.ceil(((pair + 1) * this.#samples) / this.#pairs);
  }
}
