/** The agent's mouth in one call: one thing is spoken at a time, and what the caller still hears of it is known. */
import type { Outlet } from '../outlet.ts';
import type { Pacer, Scheduled } from '../pacing.ts';
import { later, nsOf } from '../time.ts';
import { follows, pieceOf, type AudioFrame, type FrameBank } from './frames.ts';
import type { Step } from './script.ts';

/** Something to say, and who wants to know how it went. Stamps are those of `Outlet.send`. */
export interface Speech {
  steps: readonly Step[];
  onText?(stamp: bigint): void;
  onAudio?(stamp: bigint): void;
  onGarbage?(): void;
  /** The script drops the call here. */
  onDrop?(code: number): void;
  /** All of it has been sent and heard, or it was stopped and nothing more of it will come. */
  onOver?(): void;
}

/** Beyond this a caller is not reading; quiet frames are not piled up for it. */
const mostWaiting = 1_000_000;
/** Messages of a burst that are sent, most often in one piece, before other calls get their turn. */
const inOnePiece = 10;

interface Spoken {
  speech: Speech;
  steps: readonly Step[];
  next: number;
  base: bigint;
  sent: boolean;
  stopped: boolean;
}

export class Voice {
  readonly #outlet: Outlet;
  readonly #pacer: Pacer;
  readonly #bank: FrameBank;
  #current: Spoken | null = null;
  /** The playout clock: until when the caller has something to hear. */
  #playEnd = 0n;
  #task: Scheduled | null = null;
  #quietTask: Scheduled | null = null;
  #waiting: ((now: bigint) => void) | null = null;

  constructor(outlet: Outlet, pacer: Pacer, bank: FrameBank) {
    this.#outlet = outlet;
    this.#pacer = pacer;
    this.#bank = bank;
  }

  /** What the caller is hearing or will hear; null when it is over or was stopped. */
  playing(now: bigint): Speech | null {
    const current = this.#current;
    if (!current || current.stopped) return null;
    return !current.sent || this.#playEnd > now ? current.speech : null;
  }

  /** Speaks, with the first step at `base`. Whatever was still being heard is over for us. */
  say(speech: Speech, base: bigint): void {
    this.#finish();
    const current = { speech, steps: speech.steps, next: 0, base, sent: false, stopped: false };
    this.#current = current;
    this.#run(current, process.hrtime.bigint());
  }

  /** Calls back (at once, when so) as soon as nothing more has to be sent of what is being said. */
  whenFree(callback: (now: bigint) => void): void {
    if (!this.#current || this.#current.sent) callback(process.hrtime.bigint());
    else this.#waiting = callback;
  }

  /** Drops the rest of what is being said, except for `leftoverMs` of its audio, which still goes out. */
  stop(now: bigint, leftoverMs: number, paced: boolean): void {
    const current = this.#current;
    if (!current || current.stopped) return;
    this.#task?.cancel();
    this.#playEnd = now;
    current.stopped = true;
    current.steps = leftover(current, nsOf(leftoverMs), paced);
    current.next = 0;
    current.base = now;
    current.sent = false;
    this.#run(current, now);
  }

  /** Streams quiet frames from `base` on, whenever nothing is being heard. */
  streamQuiet(base: bigint): void {
    let n = 0;
    const tick = (now: bigint): void => {
      if (!this.#outlet.open) return;
      const frame = this.#bank.quiet(n++);
      const speaking = this.#playEnd > now;
      if (!speaking && this.#outlet.waiting < mostWaiting) this.#outlet.sendFrames(frame.wire);
      base += frame.duration;
      this.#quietTask = this.#pacer.schedule(base, tick);
    };
    this.#quietTask = this.#pacer.schedule(base, tick);
  }

  close(): void {
    this.#task?.cancel();
    this.#quietTask?.cancel();
    this.#current = null;
    this.#waiting = null;
  }

  /** Sends what is due, a long burst in turns with other calls. */
  #run(current: Spoken, now: bigint): void {
    this.#send(current, now);
    if (this.#current !== current || !this.#outlet.open) return;
    const step = current.steps[current.next];
    if (step) {
      this.#task = this.#pacer.schedule(later(current.base + step.at, now), (at) => this.#run(current, at));
      return;
    }
    current.sent = true;
    const over = (): void => this.#finish();
    if (current.stopped) over();
    else this.#task = this.#pacer.schedule(this.#playEnd, over);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(process.hrtime.bigint());
  }

  #send(current: Spoken, now: bigint): void {
    let sent = 0;
    while (sent < inOnePiece) {
      const step = current.steps[current.next];
      if (!step || current.base + step.at > now || this.#current !== current || !this.#outlet.open) return;
      if (step.kind === 'audio') sent += this.#sendAudio(current, step.frame, now, inOnePiece - sent);
      else {
        current.next++;
        sent++;
        this.#perform(current.speech, step);
      }
    }
  }

  /** Sends `first`, the next step, and as many frames behind it as are due and make one piece with it. */
  #sendAudio(current: Spoken, first: AudioFrame, now: bigint, most: number): number {
    let last = first;
    let { duration } = first;
    let count = 1;
    for (; count < most; count++) {
      const step = current.steps[current.next + count];
      if (step?.kind !== 'audio' || current.base + step.at > now || !follows(last, step.frame)) break;
      last = step.frame;
      duration += last.duration;
    }
    current.next += count;
    const stamp = this.#outlet.sendFrames(pieceOf(first, last));
    this.#playEnd = later(this.#playEnd, stamp) + duration;
    current.speech.onAudio?.(stamp);
    return count;
  }

  #perform(speech: Speech, step: Exclude<Step, { kind: 'audio' }>): void {
    switch (step.kind) {
      case 'text':
        speech.onText?.(this.#outlet.send(step.message()));
        return;
      case 'garbage':
        this.#outlet.send(step.text);
        speech.onGarbage?.();
        return;
      case 'drop':
        speech.onDrop?.(step.code);
        return;
    }
  }

  #finish(): void {
    this.#task?.cancel();
    const { speech } = this.#current ?? {};
    this.#current = null;
    speech?.onOver?.();
  }
}

/** As many frames as make up `wanted`: the unsent rest of the old speech, then its audio from the beginning again. */
function leftover(current: Spoken, wanted: bigint, paced: boolean): Step[] {
  const audio = (steps: readonly Step[]): AudioFrame[] =>
    steps.flatMap((step) => (step.kind === 'audio' ? [step.frame] : []));
  const all = audio(current.steps);
  const frames = [...audio(current.steps.slice(current.next)), ...all];
  const steps: Step[] = [];
  let at = 0n;
  for (let i = 0; at < wanted && frames.length > 0; i++) {
    const frame = frames[i] ?? all[i % all.length];
    if (!frame) break;
    steps.push({ at: paced ? at : 0n, kind: 'audio', frame });
    at += frame.duration;
  }
  return steps;
}
