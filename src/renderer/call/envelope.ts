/** What is drawn of one side of a call at any zoom: the outline of the whole, finer outlines where its sound was fetched, and its samples close by. */

/** Lowest and highest of each stretch, alternating, −1…1. */
type Outline = ArrayLike<number>;

/** A finer outline has a pair for every so many ms. */
export const finePairMs = 10;

export interface LaneSource {
  durationMs: number;
  /** Of the whole recording. */
  outline: Outline;
  /** Length of a stretch whose sound is fetched at once. */
  chunkMs: number;
  /** The finer outline of a stretch by its number; undefined: not fetched yet. */
  fine(chunk: number): Outline | undefined;
  /** Its samples. */
  samples(chunk: number): { sampleRate: number; samples: Int16Array } | undefined;
}

/** The most that a quiet recording is enlarged for drawing. */
const mostGain = 8;
/** How much of its lane the loudest sample fills. */
const fill = 0.92;

/** By how much outlines are enlarged, all by the same, so that the loudest fills its lane. */
export function drawingGain(...outlines: readonly Outline[]): number {
  let peak = 0;
  for (const outline of outlines) {
    for (const value of Array.from(outline)) peak = Math.max(peak, Math.abs(value));
  }
  return peak === 0 ? 1 : Math.min(mostGain, fill / peak);
}

/** The outline of samples with a pair for every 10 ms. */
export function fineOutline(samples: Int16Array, sampleRate: number): Float32Array {
  const length = Math.max(1, Math.round((sampleRate * finePairMs) / 1000));
  const pairs = Math.ceil(samples.length / length);
  const outline = new Float32Array(pairs * 2);
  for (let pair = 0; pair < pairs; pair++) {
    const span = spanOf(samples, pair * length, (pair + 1) * length);
    outline[2 * pair] = span.low / 32_768;
    outline[2 * pair + 1] = span.high / 32_768;
  }
  return outline;
}

interface Span {
  low: number;
  high: number;
}

/** Lowest and highest of samples [from, to); of none it is flat. */
function spanOf(samples: ArrayLike<number>, from: number, to: number): Span {
  let low = Infinity;
  let high = -Infinity;
  for (let i = Math.max(0, from); i < Math.min(samples.length, to); i++) {
    const value = samples[i] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** The same of an outline whose pairs are `pairMs` long; at least the pair at `from` counts. */
function outlineSpan(outline: Outline, pairMs: number, from: number, to: number): Span {
  const first = Math.floor(from / pairMs);
  const last = Math.max(first + 1, Math.ceil(to / pairMs));
  let low = 0;
  let high = 0;
  for (let pair = Math.max(0, first); pair < Math.min(outline.length / 2, last); pair++) {
    low = Math.min(low, outline[2 * pair] ?? 0);
    high = Math.max(high, outline[2 * pair + 1] ?? 0);
  }
  return { low, high };
}

/** Lowest and highest for each of `columns` columns between two times: alternating, −1…1. */
export function columnsOf(source: LaneSource, from: number, to: number, columns: number): Float32Array {
  const drawn = new Float32Array(columns * 2);
  const columnMs = (to - from) / columns;
  const pairs = source.outline.length / 2;
  const pairMs = pairs > 0 ? source.durationMs / pairs : Infinity;
  for (let i = 0; i < columns; i++) {
    const start = from + i * columnMs;
    const span = closest(source, start, start + columnMs, pairMs);
    drawn[2 * i] = span.low;
    drawn[2 * i + 1] = span.high;
  }
  return drawn;
}

function closest(source: LaneSource, start: number, end: number, pairMs: number): Span {
  if (start >= source.durationMs || end <= 0) return { low: 0, high: 0 };
  const chunk = Math.floor(start / source.chunkMs);
  const within = start - chunk * source.chunkMs;
  const length = end - start;
  if (length < finePairMs) {
    const sound = source.samples(chunk);
    if (sound) {
      const first = Math.floor((within * sound.sampleRate) / 1000);
      const last = Math.max(first + 1, Math.ceil(((within + length) * sound.sampleRate) / 1000));
      const { low, high } = spanOf(sound.samples, first, last);
      return { low: low / 32_768, high: high / 32_768 };
    }
  }
  if (length < pairMs) {
    const fine = source.fine(chunk);
    if (fine) return outlineSpan(fine, finePairMs, within, within + length);
  }
  return pairMs === Infinity ? { low: 0, high: 0 } : outlineSpan(source.outline, pairMs, start, end);
}
