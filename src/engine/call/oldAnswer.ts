/**
 * After an interruption audio belongs to the old answer until a boundary shows: a new response id, a user transcript
 * after the interrupter's end of speech, or a quiet gap without audio.
 */
export class OldAnswer {
  readonly responseId: string | undefined;
  readonly #since: number;
  #lastAudioAt: number;

  constructor(since: number, lastAudioAt: number, responseId: string | undefined) {
    this.#since = since;
    this.#lastAudioAt = lastAudioAt;
    this.responseId = responseId;
  }

  /** A frame of it arrived. */
  audio(at: number): void {
    this.#lastAudioAt = at;
  }

  /** Quiet frames of an agent that streams all the time turned out not to be audio. */
  onlySpeech(lastSpeechAt: number): void {
    this.#lastAudioAt = Math.min(this.#lastAudioAt, lastSpeechAt);
  }

  quietFor(at: number): number {
    return at - Math.max(this.#since, this.#lastAudioAt);
  }

  isAnother(responseId: string): boolean {
    return this.responseId !== undefined && this.responseId !== responseId;
  }
}
