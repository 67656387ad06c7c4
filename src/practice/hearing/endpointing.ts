/**
 * Where the caller's utterances begin and end, by energy. Silence is counted in audio heard, not in time waited, as a
 * recogniser does: a caller (or this process) that stalls in the middle of a word has not finished speaking. Only a
 * caller that sends nothing at all for a second longer than the endpointing is taken to have finished.
 */
import { amplitudeOf, levelWindowMs, rms } from '#contract/audio/level';
import { nsOf } from '../time.ts';

const grace = nsOf(1000);

/** A frame of the caller: when it arrived and its number (from 0) among the call's audio frames. */
export interface FrameMoment {
  at: bigint;
  frame: number;
}

export type Heard =
  | { kind: 'onset'; onset: FrameMoment }
  /** `end`: the last voiced frame. */
  | { kind: 'ended'; end: FrameMoment }
  | null;

export class Endpointing {
  readonly #threshold: number;
  readonly #endpointing: bigint;
  /** The same in samples. */
  readonly #enough: number;
  readonly #window: number;
  #last: FrameMoment | null = null;
  #heardAt = 0n;
  /** Samples of silence since then. */
  #quiet = 0;

  /** `speechLevel` in dBFS, `endpointingMs` the silence that ends an utterance. */
  constructor(speechLevel: number, endpointingMs: number, sampleRate: number) {
    this.#threshold = amplitudeOf(speechLevel);
    this.#endpointing = nsOf(endpointingMs);
    this.#enough = Math.ceil((endpointingMs * sampleRate) / 1000);
    this.#window = Math.max(1, Math.round((sampleRate * levelWindowMs) / 1000));
  }

  /** Arrival of the last voiced frame of an utterance in progress; null when there is none. */
  get lastVoiced(): bigint | null {
    return this.#last?.at ?? null;
  }

  /** When an utterance in progress counts as ended if nothing more arrives; null when there is none. */
  get expires(): bigint | null {
    return this.#last === null ? null : this.#heardAt + this.#endpointing + grace;
  }

  /** Hears one frame. A frame is voiced when any 20 ms window of it is. */
  hear(samples: Int16Array, moment: FrameMoment): Heard {
    if (this.#isVoiced(samples)) {
      const begins = this.#last === null;
      this.#last = moment;
      this.#heardAt = moment.at;
      this.#quiet = 0;
      return begins ? { kind: 'onset', onset: moment } : null;
    }
    if (this.#last === null) return null;
    this.#heardAt = moment.at;
    this.#quiet += samples.length;
    return this.#quiet >= this.#enough ? this.#end() : null;
  }

  /** Ends an utterance whose caller has stopped sending. */
  expire(now: bigint): Heard {
    const expires = this.expires;
    return expires !== null && now >= expires ? this.#end() : null;
  }

  #end(): Heard {
    const end = this.#last;
    this.#last = null;
    this.#quiet = 0;
    return end && { kind: 'ended', end };
  }

  #isVoiced(samples: Int16Array): boolean {
    const window = this.#window;
    for (let from = 0; from < samples.length; from += window) {
      if (rms(samples, from, Math.min(from + window, samples.length)) >= this.#threshold) return true;
    }
    return false;
  }
}
