/** Audio messages ready for the wire: each piece of speech is cut and encoded once and shared by all calls. */
import type { Dialect } from '../dialects.ts';
import { nsOf } from '../time.ts';
import { quietLine, recordedRate, resample, takeSpeech } from './audio.ts';

export interface AudioFrame {
  /** The whole message. Shared: never write to it. */
  wire: Buffer;
  duration: bigint;
}

const quietFrames = 16;
/** Different pieces of speech kept per length, and their length altogether in ms: bounds the memory of long answers. */
const mostVariants = 8;
const mostPrepared = 4 * 60_000;

export class FrameBank {
  readonly #pieces: readonly Int16Array[];
  readonly #dialect: Dialect;
  readonly #rate: number;
  readonly #speech = new Map<string, readonly AudioFrame[]>();
  readonly #quiet: readonly AudioFrame[];

  /** `pieces` of speech at 16 kHz; `rate` of the wire. */
  constructor(pieces: readonly Int16Array[], dialect: Dialect, rate: number) {
    this.#pieces = pieces;
    this.#dialect = dialect;
    this.#rate = rate;
    this.#quiet = this.#cut(quietLine(rate)).slice(0, quietFrames);
  }

  /** Makes all variants of speech of this length, so that none has to be made while calls are answered. */
  prepare(lengthMs: number): void {
    for (let variant = 0; variant < this.#variants(lengthMs); variant++) this.speech(lengthMs, variant);
  }

  /** The messages of `lengthMs` of speech (at least one frame). Different variants sound different. */
  speech(lengthMs: number, variant: number): readonly AudioFrame[] {
    const index = variant % this.#variants(lengthMs);
    const key = `${lengthMs}:${index}`;
    let frames = this.#speech.get(key);
    if (!frames) {
      const whole = Math.max(lengthMs, this.#dialect.frameMs);
      frames = this.#cut(resample(takeSpeech(this.#pieces, index, whole), recordedRate, this.#rate));
      this.#speech.set(key, frames);
    }
    return frames;
  }

  /** The n-th message of a quiet line. */
  quiet(n: number): AudioFrame {
    const frame = this.#quiet[n % this.#quiet.length];
    if (!frame) throw new Error('The quiet line has no frames');
    return frame;
  }

  #variants(lengthMs: number): number {
    const affordable = Math.max(1, Math.floor(mostPrepared / Math.max(1, lengthMs)));
    return Math.min(this.#pieces.length, mostVariants, affordable);
  }

  #cut(samples: Int16Array): AudioFrame[] {
    const size = Math.round((this.#rate * this.#dialect.frameMs) / 1000);
    const frames: AudioFrame[] = [];
    for (let from = 0; from < samples.length; from += size) {
      const part = samples.subarray(from, from + size);
      if (part.length < size && !this.#dialect.sendsPartialFrame) break;
      frames.push({
        wire: Buffer.from(this.#dialect.audio(Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
        duration: nsOf((part.length * 1000) / this.#rate),
      });
    }
    return frames;
  }
}
