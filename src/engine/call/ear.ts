/** What the caller hears: the playout clock, and which frames are speech. Stamps in milliseconds. */
import type { IncomingAudio } from '../protocols/adapter.ts';
import { Playout } from './playout.ts';

const never = Number.NEGATIVE_INFINITY;

/** A frame of the agent: when it arrived and when its first sample is played. */
export interface HeardFrame {
  arrival: number;
  start: number;
  /** When the playout clock had run out before this frame. */
  ranDryAt: number;
}

export class Ear {
  readonly #playout = new Playout();
  #continuous = false;
  #lastFrameAt = never;
  #lastSpeechAt = never;
  #last: HeardFrame = { arrival: never, start: never, ranDryAt: never };
  #greetingFrameAt: number | null = null;

  /** The agent streams quiet frames all the time: only speech counts as its audio. */
  get continuous(): boolean {
    return this.#continuous;
  }

  /** The newest frame that counted as audio. */
  get last(): HeardFrame {
    return this.#last;
  }

  get heardAnything(): boolean {
    return this.#last.arrival !== never;
  }

  get playedUntil(): number {
    return this.#playout.end;
  }

  /** Until when the agent is audible with what has arrived so far. */
  get audibleUntil(): number {
    return this.#continuous ? this.#playout.speechEnd : this.#playout.end;
  }

  /** Takes a frame in; null when it does not count as agent audio. */
  hear(audio: IncomingAudio, at: number): HeardFrame | null {
    const ranDryAt = this.#playout.end;
    const start = this.#playout.add(at, audio.durationMs, audio.speech);
    this.#lastFrameAt = at;
    if (audio.speech) this.#lastSpeechAt = at;
    return this.#continuous && !audio.speech ? null : { arrival: at, start, ranDryAt };
  }

  /** A frame has been dealt with: it is now the newest. */
  remember(frame: HeardFrame): void {
    this.#last = frame;
  }

  cut(at: number): void {
    this.#playout.cut(at);
  }

  /**
   * Frames within the last quiet gap before end of speech, all of them quiet: this agent streams all the time.
   * Returns the arrival of its last speech when that has just been found out, else null.
   */
  noticeContinuous(endOfSpeechAt: number, quietGapMs: number): number | null {
    const from = endOfSpeechAt - quietGapMs;
    if (this.#continuous || this.#lastFrameAt < from || this.#lastSpeechAt >= from) return null;
    this.#continuous = true;
    if (this.#lastSpeechAt === never) this.#last = { arrival: never, start: never, ranDryAt: never };
    return this.#lastSpeechAt;
  }

  /**
   * When the greeting began, given a frame of it; null while only silence was heard. An agent that streams quiet
   * frames before it greets begins with its first speech, another with its first frame.
   */
  greetingBegan(audio: IncomingAudio, at: number, quietGapMs: number): number | null {
    this.#greetingFrameAt ??= at;
    if (!audio.speech) return null;
    return at - this.#greetingFrameAt <= quietGapMs ? this.#greetingFrameAt : at;
  }

  /** When the words of the greeting have been heard; quiet frames after them do not prolong it. */
  get greetingHeardUntil(): number {
    const end = this.#lastFrameAt > this.#lastSpeechAt ? this.#playout.speechEnd : this.#playout.end;
    return Math.max(end, this.#lastSpeechAt);
  }
}
