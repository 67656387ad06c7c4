/** The page's one way to be heard: a single AudioContext, begun by the first thing that is played. */
import type { Result } from '#contract/errors';
import { soundProblem } from './problem.ts';

/** What playing needs of an AudioContext. */
export type SoundContext = Pick<
  AudioContext,
  'currentTime' | 'createBuffer' | 'createBufferSource' | 'destination' | 'state'
>;

/** Something that plays; told when something else begins to. */
export interface Plays {
  pause(): void;
}

/** Where sound goes. Tests bring their own. */
export interface SoundOutput<Context extends SoundContext = SoundContext> {
  /** Starts the output or wakes it up; must be called from a gesture of the operator the first time. */
  open(): Promise<Result<Context>>;
  /** Who plays from now on; whoever did before is paused. */
  takeOver(player: Plays): void;
  /** Calls back often while something plays, on a hidden page too. Returns how to end it. */
  whilePlaying(tick: () => void): () => void;
}

const startsWithinMs = 3000;
const hiddenTickMs = 250;

const nothingHeard =
  'The sound output does not start. Connect speakers or headphones or choose them in the sound settings of the system, then play again.';

class AudioOutput implements SoundOutput<AudioContext> {
  #context: AudioContext | null = null;
  #player: Plays | null = null;

  async open(): Promise<Result<AudioContext>> {
    if (typeof AudioContext === 'undefined') {
      return soundProblem(
        'unavailable',
        'no_web_audio',
        'This browser cannot play sound here; use a current Chrome, Edge, Firefox or Safari.',
      );
    }
    try {
      if (this.#context === null || this.#context.state === 'closed') this.#context = new AudioContext();
      const context = this.#context;
      if (context.state === 'running') return { ok: true, value: context };
      let timer: ReturnType<typeof setTimeout> | undefined;
      // Without a device some browsers never answer.
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, startsWithinMs);
      });
      await Promise.race([context.resume(), late]);
      clearTimeout(timer);
      return isRunning(context)
        ? { ok: true, value: context }
        : soundProblem('unavailable', 'no_sound_output', nothingHeard);
    } catch (thrown) {
      return soundProblem('unavailable', 'no_sound_output', nothingHeard, thrown);
    }
  }

  takeOver(player: Plays): void {
    if (this.#player !== player) this.#player?.pause();
    this.#player = player;
  }

  /** Pauses whatever plays: a microphone is open. */
  hush(): void {
    this.#player?.pause();
    this.#player = null;
  }

  whilePlaying(tick: () => void): () => void {
    let frame = requestAnimationFrame(function next() {
      frame = requestAnimationFrame(next);
      tick();
    });
    // A hidden page gets no frames, and goes on playing.
    const timer = setInterval(tick, hiddenTickMs);
    return () => {
      cancelAnimationFrame(frame);
      clearInterval(timer);
    };
  }
}

function isRunning(context: AudioContext): boolean {
  return context.state === 'running';
}

export const audioOutput = new AudioOutput();
