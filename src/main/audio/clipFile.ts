/** A clip's file read in pieces, so that a long one is never in memory whole. */
import { open, type FileHandle } from 'node:fs/promises';
import { samplesOf } from '#contract/audio/level';
import { ok, type Result } from '#contract/errors';
import { clipFileProblem, clipReadError, layOutClip, type ClipLayout } from './clips.ts';
import { ClipMeter, type SpeechFigures } from './meter.ts';

const headBytes = 64 * 1024;
const pieceBytes = 128 * 1024;
/** Stretches of an outline: 400 numbers. */
const outlinePairs = 200;
/** Digital silence, in a form that can be written as JSON. */
const silence = -120;

/** How a clip measures. Levels in dBFS, times in ms. */
export interface ClipMeasures {
  samples: number;
  durationMs: number;
  peak: number;
  /** Peaks that were cut off. */
  clipped: number;
  /** Null: nothing is voiced. */
  speech: SpeechFigures | null;
  outline: number[];
}

/** An open clip. */
class ClipFile {
  readonly #handle: FileHandle;
  readonly #layout: ClipLayout;

  constructor(handle: FileHandle, layout: ClipLayout) {
    this.#handle = handle;
    this.#layout = layout;
  }

  get samples(): number {
    return this.#layout.bytes / 2;
  }

  /** Up to `count` samples from `from` on. */
  async read(from: number, count: number): Promise<Int16Array> {
    const wanted = Math.max(0, Math.min(count, this.samples - from)) * 2;
    const buffer = Buffer.alloc(wanted);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, this.#layout.at + from * 2);
    return samplesOf(buffer.subarray(0, bytesRead));
  }

  async measure(): Promise<ClipMeasures> {
    const meter = new ClipMeter(this.samples, outlinePairs);
    for (let at = 0; at < this.samples;) {
      const piece = await this.read(at, pieceBytes / 2);
      if (piece.length === 0) break;
      meter.add(piece);
      at += piece.length;
    }
    const last = meter.lastVoiced();
    const speech = last && meter.figures(await this.read(last.from, last.to - last.from));
    return {
      samples: this.samples,
      durationMs: meter.durationMs,
      peak: Math.max(silence, meter.peak),
      clipped: meter.clipped,
      speech,
      outline: meter.outline(),
    };
  }
}

async function layOut(handle: FileHandle, name: string): Promise<Result<ClipLayout>> {
  const { size } = await handle.stat();
  for (let wanted = headBytes; ;) {
    const head = Buffer.alloc(Math.min(wanted, size));
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const layout = layOutClip(head.subarray(0, bytesRead), bytesRead < head.length ? bytesRead : size, name);
    if (!('more' in layout)) return layout;
    wanted = layout.more + headBytes;
  }
}

/** Does something with an open clip. `name`: what it is called in messages. Errors: those of `readClip`. */
async function withClip<T>(
  path: string,
  name: string,
  work: (clip: ClipFile) => Promise<T>,
): Promise<Result<T>> {
  try {
    const problem = await clipFileProblem(path);
    if (problem) return problem;
    const handle = await open(path);
    try {
      const layout = await layOut(handle, name);
      return layout.ok ? ok(await work(new ClipFile(handle, layout.value))) : layout;
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    return clipReadError(path, thrown);
  }
}

/** Measures a clip. Errors: those of `readClip`. */
export function measureClip(path: string, name = path): Promise<Result<ClipMeasures>> {
  return withClip(path, name, (clip) => clip.measure());
}

/** A stretch of a clip's samples, and how many it has in all. Errors: those of `readClip`. */
export function readStretch(
  path: string,
  from: number,
  count: number,
): Promise<Result<{ samples: Int16Array; total: number }>> {
  return withClip(path, path, async (clip) => ({
    samples: await clip.read(from, count),
    total: clip.samples,
  }));
}
