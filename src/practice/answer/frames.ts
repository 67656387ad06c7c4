/** Audio messages ready for the wire: each piece of speech is cut and encoded once and shared by all calls. */
import type { Dialect } from '../dialects.ts';
import { nsOf } from '../time.ts';
import { textFrame } from '../wire/frames.ts';
import { quietLine, recordedRate, resample, takeSpeech } from './audio.ts';

export interface AudioFrame {
  /** The whole message as it goes to the socket. Shared: never write to it. */
  wire: Buffer;
  duration: bigint;
}

/** Whether `next` lies right behind `frame` in memory, so that both can be sent in one piece. */
export function follows(frame: AudioFrame, next: AudioFrame): boolean {
  return (
    next.wire.buffer === frame.wire.buffer &&
    next.wire.byteOffset === frame.wire.byteOffset + frame.wire.byteLength
  );
}

/** The messages from `first` to `last` as one piece; each `follows` the one before it. */
export function pieceOf(first: AudioFrame, last: AudioFrame): Buffer {
  if (first === last) return first.wire;
  const { buffer, byteOffset } = first.wire;
  return Buffer.from(buffer, byteOffset, last.wire.byteOffset + last.wire.byteLength - byteOffset);
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

  /** All messages of a piece of speech lie in one block, one behind the other. */
  #cut(samples: Int16Array): AudioFrame[] {
    const size = Math.round((this.#rate * this.#dialect.frameMs) / 1000);
    const messages: AudioFrame[] = [];
    for (let from = 0; from < samples.length; from += size) {
      const part = samples.subarray(from, from + size);
      if (part.length < size && !this.#dialect.sendsPartialFrame) break;
      messages.push({
        wire: textFrame(this.#dialect.audio(Buffer.from(part.buffer, part.byteOffset, part.byteLength))),
        duration: nsOf((part.length * 1000) / this.#rate),
      });
    }
    const block = Buffer.concat(messages.map(({ wire }) => wire));
    let at = 0;
    return messages.map(({ wire, duration }) => {
      const from = at;
      at += wire.length;
      return { wire: block.subarray(from, at), duration };
    });
  }
}
