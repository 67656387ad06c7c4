/** Plays sound that is made of parts on one time axis: a clip is one part, a conversation many with silence between, a long call its stretches. */
import type { AppError, Result } from '#contract/errors';
import type { SoundContext, SoundOutput } from './audioOutput.ts';
import { soundProblem } from './problem.ts';

/** Samples ready to be heard: 16-bit, or floats in −1…1. */
export interface PartSound {
  sampleRate: number;
  channels: readonly (Int16Array | Float32Array)[];
}

/** One part; its sound is loaded when its time comes near. */
export interface SoundPart {
  startMs: number;
  lengthMs: number;
  load(): Promise<Result<PartSound>>;
}

export type PlayState = 'stopped' | 'loading' | 'playing' | 'paused';

/** Parts that begin within this time are loaded and handed to the output, so that they come without a gap. */
const aheadMs = 10_000;
/** The output needs a moment before the first sample. */
const leadS = 0.03;

interface Ready {
  /** Null: on its way, or it failed; then it is asked for again when its time has come. */
  sound: PartSound | null;
  source: AudioBufferSourceNode | null;
}

export class PartPlayer<Context extends SoundContext = SoundContext> {
  readonly #output: SoundOutput<Context>;
  readonly #connect: (context: Context) => AudioNode;
  #parts: readonly SoundPart[] = [];
  /** By the index of the part. */
  #ready: (Ready | undefined)[] = [];
  #context: Context | null = null;
  #end: (() => void) | null = null;
  /** Position when the clock was started, and the output's time then. */
  #fromMs = 0;
  #startedAt = 0;
  /** Tells what was asked last: answers to anything before are not for us any more. */
  #turn = 0;
  #state: PlayState = $state('stopped');
  #positionMs = $state(0);
  #durationMs = $state(0);
  #error: AppError | null = $state.raw(null);

  /** @param connect where the sound goes within the context; its destination unless told otherwise. */
  constructor(
    output: SoundOutput<Context>,
    connect: (context: Context) => AudioNode = (context) => context.destination,
  ) {
    this.#output = output;
    this.#connect = connect;
  }

  get state(): PlayState {
    return this.#state;
  }

  /** Whether the operator hears it, or will as soon as it is loaded. */
  get active(): boolean {
    return this.#state === 'playing' || this.#state === 'loading';
  }

  get positionMs(): number {
    return this.#positionMs;
  }

  get durationMs(): number {
    return this.#durationMs;
  }

  /** Why it does not play; null once it is asked to again. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Takes new parts and stops what was playing. */
  setParts(parts: readonly SoundPart[], durationMs: number): void {
    this.stop();
    this.#parts = parts;
    this.#durationMs = durationMs;
    this.#error = null;
  }

  /** Plays from a position, or from where it is; from the start when it is at the end. */
  async play(fromMs?: number): Promise<void> {
    const turn = ++this.#turn;
    this.#silence();
    const at = fromMs ?? this.#positionMs;
    this.#positionMs = at >= this.#durationMs ? 0 : Math.max(0, at);
    this.#error = null;
    this.#state = 'loading';
    this.#output.takeOver(this);
    const opened = await this.#output.open();
    if (turn !== this.#turn) return;
    if (!opened.ok) {
      this.#fail(opened.error);
      return;
    }
    this.#context = opened.value;
    await this.#begin(turn);
  }

  pause(): void {
    if (!this.active) return;
    this.#turn += 1;
    if (this.#state === 'playing') this.#positionMs = this.#now();
    this.#silence();
    this.#state = 'paused';
  }

  toggle(): void {
    if (this.active) this.pause();
    else void this.play();
  }

  /** Goes to a position; goes on playing from there if it was. */
  seek(ms: number): void {
    const to = Math.max(0, Math.min(this.#durationMs, ms));
    if (this.active) {
      void this.play(to);
      return;
    }
    this.#positionMs = to;
    if (this.#state === 'stopped' && to > 0) this.#state = 'paused';
  }

  /** Ends playing and goes back to the start. */
  stop(): void {
    this.#turn += 1;
    this.#silence();
    this.#ready = [];
    this.#state = 'stopped';
    this.#positionMs = 0;
  }

  #now(): number {
    const time = this.#context?.currentTime ?? 0;
    return Math.max(this.#fromMs, this.#fromMs + (time - this.#startedAt) * 1000);
  }

  /** Starts the clock at the present position, once what is heard there is loaded. */
  async #begin(turn: number): Promise<void> {
    const at = this.#positionMs;
    for (const [i, part] of this.#parts.entries()) {
      const heardNow = part.startMs <= at && part.startMs + part.lengthMs > at;
      if (!heardNow || this.#ready[i]?.sound) continue;
      this.#state = 'loading';
      const answer = await part.load();
      if (turn !== this.#turn) return;
      if (!answer.ok) {
        this.#fail(answer.error);
        return;
      }
      this.#ready[i] = { sound: answer.value, source: null };
    }
    const context = this.#context;
    if (!context) return;
    this.#fromMs = at;
    this.#startedAt = context.currentTime + leadS;
    this.#state = 'playing';
    this.#end ??= this.#output.whilePlaying(() => this.#tick());
    this.#tick();
  }

  #tick(): void {
    const context = this.#context;
    if (this.#state !== 'playing' || !context) return;
    const now = this.#now();
    if (now >= this.#durationMs) {
      this.stop();
      return;
    }
    this.#positionMs = now;
    if (context.state !== 'running') {
      this.#fail(
        soundProblem(
          'unavailable',
          'sound_output_lost',
          'The sound output went away. Connect speakers or headphones, then play again.',
        ).error,
      );
      return;
    }
    for (const [i, part] of this.#parts.entries()) {
      if (part.startMs + part.lengthMs <= now) {
        this.#ready[i] = undefined;
        continue;
      }
      if (part.startMs > now + aheadMs) break;
      const ready = this.#ready[i];
      if (ready?.sound) this.#schedule(context, part, ready, ready.sound);
      else if (part.startMs <= now) {
        this.#wait(part);
        return;
      } else if (!ready) this.#prepare(i, part);
    }
  }

  /** What must be heard now is not here: the clock stands still until it is. */
  #wait(part: SoundPart): void {
    this.#positionMs = Math.max(part.startMs, this.#fromMs);
    this.#silence();
    void this.#begin(++this.#turn);
  }

  #prepare(i: number, part: SoundPart): void {
    const turn = this.#turn;
    this.#ready[i] = { sound: null, source: null };
    void part.load().then((answer) => {
      if (turn === this.#turn && answer.ok) this.#ready[i] = { sound: answer.value, source: null };
    });
  }

  #schedule(context: Context, part: SoundPart, ready: Ready, sound: PartSound): void {
    const length = sound.channels[0]?.length ?? 0;
    if (ready.source || length === 0) return;
    const buffer = context.createBuffer(sound.channels.length, length, sound.sampleRate);
    for (const [i, channel] of sound.channels.entries()) buffer.copyToChannel(floatsOf(channel), i);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#connect(context));
    const due = this.#startedAt + (part.startMs - this.#fromMs) / 1000;
    const when = Math.max(due, context.currentTime);
    source.start(when, Math.max(0, when - due));
    ready.source = source;
  }

  /** Takes back everything that was handed to the output; what was loaded is kept. */
  #silence(): void {
    this.#end?.();
    this.#end = null;
    this.#ready = this.#ready.map((ready) => {
      ready?.source?.stop();
      ready?.source?.disconnect();
      return ready?.sound ? { sound: ready.sound, source: null } : undefined;
    });
  }

  #fail(error: AppError): void {
    this.#turn += 1;
    this.#silence();
    this.#state = 'paused';
    this.#error = error;
  }
}

/** Samples as floats in −1…1. */
function floatsOf(samples: Int16Array | Float32Array): Float32Array<ArrayBuffer> {
  return samples instanceof Float32Array
    ? new Float32Array(samples)
    : Float32Array.from(samples, (value) => value / 32_768);
}
