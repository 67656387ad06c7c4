/**
 * Whose audio is it? After an interruption audio belongs to the old answer until a boundary shows: a new response id, a
 * user transcript after the interrupter's end of speech, or a quiet gap without audio. And beside that, while the agent
 * is not yet silent, the barge-in itself.
 */
import type { IncomingAudio } from '../protocols/adapter.ts';
import { BargeIn } from './bargeIn.ts';
import type { Ear, HeardFrame } from './ear.ts';
import { OldAnswer } from './oldAnswer.ts';
import type { Turn } from './turn.ts';

export interface InterruptionListener {
  /** The barge-in of a turn is over; its value stands in the turn, if it has one. */
  onBargeInOver(turn: Turn): void;
}

export class Interruptions {
  readonly #ear: Ear;
  readonly #quietGapMs: number;
  readonly #listener: InterruptionListener;
  #old: OldAnswer | null = null;
  #bargeIn: BargeIn | null = null;
  #responseId: string | undefined;
  /** A turn ended without the answer it waited for: that answer may still come. */
  #owed = false;

  constructor(ear: Ear, quietGapMs: number, listener: InterruptionListener) {
    this.#ear = ear;
    this.#quietGapMs = quietGapMs;
    this.#listener = listener;
  }

  /** A barge-in is open. */
  get open(): boolean {
    return this.#bargeIn !== null;
  }

  /** No boundary has shown: audio that arrives may still be the old answer's. */
  get undecided(): boolean {
    return this.#old !== null;
  }

  /** An answer that was waited for did not come in time. */
  owe(): void {
    this.#owed = true;
  }

  /** It came after all, between two turns. */
  settle(): void {
    this.#owed = false;
  }

  /** An answer that did not come in time may still come. */
  get owed(): boolean {
    return this.#owed;
  }

  /** The caller begins to speak; `mayBeOld`: what is heard from now on may belong to something said before. */
  begin(now: number, mayBeOld: boolean): void {
    this.#old = mayBeOld || this.#owed ? this.#oldSince(now) : null;
  }

  /** The interruption of a turn's answer begins to be heard. False: there is nothing to interrupt. */
  onset(turn: Turn, at: number): boolean {
    this.#old = this.#oldSince(at);
    if (this.#ear.audibleUntil <= at) return false;
    this.#bargeIn = new BargeIn(turn, at, this.#ear.last, this.#quietGapMs);
    return true;
  }

  /** Quiet frames of an agent that streams all the time turned out not to be audio. */
  onlySpeech(lastSpeechAt: number): void {
    this.#old?.onlySpeech(lastSpeechAt);
  }

  /** There is nothing old after all. */
  forget(): void {
    if (!this.#owed) this.#old = null;
  }

  advance(now: number): void {
    if (this.#bargeIn?.isOver(now, this.#ear.audibleUntil)) this.#resolve();
  }

  /**
   * Audio while the caller speaks: true when it belongs to the old answer. Past the gap it may be the new answer
   * talking over the caller, or the next sentence of the old one; only what follows the end of speech can tell, so a
   * boundary is asked for again there.
   */
  takesEarly(audio: IncomingAudio, frame: HeardFrame): boolean {
    const belongs = this.#owed || this.#belongs(frame.arrival);
    this.#owed = false;
    this.#old?.audio(frame.arrival);
    if (belongs) this.#bargeIn?.oldAudio(frame, audio.durationMs);
    else this.answer(audio, frame);
    return belongs;
  }

  /** Audio while an answer is awaited: true when it belongs to the old one. Else the boundary has shown. */
  takesAwaited(audio: IncomingAudio, frame: HeardFrame, stillOld: boolean): boolean {
    if (!stillOld && !this.#belongs(frame.arrival)) {
      this.#old = null;
      this.#owed = false;
      return false;
    }
    this.#old?.audio(frame.arrival);
    this.#bargeIn?.oldAudio(frame, audio.durationMs);
    return true;
  }

  /** Audio of another answer: ends an open barge-in, unless the agent never stopped and just goes on. */
  answer(audio: IncomingAudio, frame: HeardFrame): void {
    const bargeIn = this.#bargeIn;
    if (!bargeIn) return;
    if (!bargeIn.stopped && bargeIn.continues(frame.arrival)) bargeIn.oldAudio(frame, audio.durationMs);
    else this.#resolve();
  }

  /** A user transcript after the end of speech is a boundary. */
  transcript(): void {
    this.#old = null;
    this.#owed = false;
    if (this.#bargeIn?.stopped) this.#resolve();
  }

  /** A new response id is a boundary. */
  response(id: string): void {
    if (this.#old?.isAnother(id)) {
      this.#old = null;
      if (this.#bargeIn) this.#resolve();
    }
    this.#responseId = id;
  }

  /** The agent says that a response ended; true when that is the interrupted one's. */
  responseEnded(how: 'completed' | 'cancelled'): boolean {
    const bargeIn = this.#bargeIn;
    if (!bargeIn) return false;
    if (how === 'completed' && !bargeIn.stopped) {
      bargeIn.completed();
      this.#close(bargeIn);
    }
    return true;
  }

  /** A stop: true when it is the first one of an open barge-in. */
  stop(at: number): boolean {
    if (!this.#bargeIn || this.#bargeIn.stopped) return false;
    this.#bargeIn.stop(at);
    return true;
  }

  /** The interrupting turn is through: its barge-in is judged by what is known now. */
  finish(): void {
    if (this.#bargeIn) this.#resolve();
  }

  /** The call is cut off: an open barge-in has no outcome. */
  abandon(): void {
    this.#bargeIn = null;
  }

  #oldSince(now: number): OldAnswer {
    return new OldAnswer(now, this.#ear.last.arrival, this.#responseId);
  }

  #belongs(at: number): boolean {
    return this.#old !== null && this.#old.quietFor(at) < this.#quietGapMs;
  }

  #resolve(): void {
    const bargeIn = this.#bargeIn;
    if (!bargeIn) return;
    bargeIn.resolve();
    this.#close(bargeIn);
  }

  #close(bargeIn: BargeIn): void {
    this.#bargeIn = null;
    this.#listener.onBargeInOver(bargeIn.turn);
  }
}
