/** Speech for text to speech, at every rate that is asked for. */
import { recordedRate, resample, takeSpeech } from '../../answer/audio.ts';

const longestMs = 20_000;
/** About what is spoken in the time a character takes. */
const msPerCharacter = 65;
const shortestMs = 300;

/** How long a text is when it is spoken, in ms; 20 s at most. */
export function spokenMs(text: string): number {
  return Math.min(longestMs, Math.max(shortestMs, text.length * msPerCharacter));
}

export class SpeechBank {
  readonly #pieces: () => readonly Int16Array[];
  readonly #byRate = new Map<number, Buffer>();

  /** `pieces`: speech at 16 kHz, asked for when it is needed. */
  constructor(pieces: () => readonly Int16Array[]) {
    this.#pieces = pieces;
  }

  /** 16-bit samples of so much speech; not a copy. */
  take(ms: number, rate: number): Buffer {
    const speech = this.#at(rate);
    return speech.subarray(0, 2 * Math.round((ms * rate) / 1000));
  }

  #at(rate: number): Buffer {
    let speech = this.#byRate.get(rate);
    if (!speech) {
      const { buffer } = resample(takeSpeech(this.#pieces(), 0, longestMs), recordedRate, rate);
      speech = Buffer.from(buffer);
      this.#byRate.set(rate, speech);
    }
    return speech;
  }
}
