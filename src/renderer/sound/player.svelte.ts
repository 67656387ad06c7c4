import type { ClipFacts } from '#contract/api/clips';
import type { AppError } from '#contract/errors';
import { audioOutput } from './audioOutput.ts';
import { clipSamples } from './clipSamples.ts';
import type { ClipSamples } from './clipStore.ts';
import { PartPlayer, type PartSound, type PlayState } from './partPlayer.svelte.ts';

/** What is needed to play a clip. */
export type PlayableClip = Pick<ClipFacts, 'id' | 'durationMs'>;

export function soundOf(clip: ClipSamples): PartSound {
  return { sampleRate: clip.sampleRate, channels: [clip.samples] };
}

/** Plays one clip at a time, wherever on screen it was asked for. */
class ClipPlayer {
  readonly #player = new PartPlayer(audioOutput);
  #clip: PlayableClip | null = $state.raw(null);

  /** Id of the clip that plays or is paused; null: none. */
  get clip(): string | null {
    return this.#player.state === 'stopped' && !this.#player.error ? null : (this.#clip?.id ?? null);
  }

  /** What is going on with this clip. */
  stateOf(id: string): PlayState {
    return this.#clip?.id === id ? this.#player.state : 'stopped';
  }

  /** Where this clip is, in ms; 0 when it is not the one that plays. */
  positionOf(id: string): number {
    return this.#clip?.id === id ? this.#player.positionMs : 0;
  }

  /** Why this clip does not play, or null. */
  errorOf(id: string): AppError | null {
    return this.#clip?.id === id ? this.#player.error : null;
  }

  /** Plays a clip from a position; without one from where it was paused. */
  play(clip: PlayableClip, fromMs?: number): void {
    this.#take(clip);
    void this.#player.play(fromMs);
  }

  /** Plays what does not play, pauses what does. */
  toggle(clip: PlayableClip): void {
    this.#take(clip);
    this.#player.toggle();
  }

  pause(): void {
    this.#player.pause();
  }

  /** Goes to a position of a clip, which becomes the chosen one; goes on playing if it was. */
  seek(clip: PlayableClip, ms: number): void {
    this.#take(clip);
    this.#player.seek(ms);
  }

  stop(): void {
    this.#player.stop();
  }

  #take(clip: PlayableClip): void {
    if (this.#clip?.id === clip.id && this.#clip.durationMs === clip.durationMs) return;
    this.#clip = { id: clip.id, durationMs: clip.durationMs };
    const load = async () => {
      const answer = await clipSamples.get(clip.id);
      return answer.ok ? { ok: true as const, value: soundOf(answer.value) } : answer;
    };
    this.#player.setParts([{ startMs: 0, lengthMs: clip.durationMs, load }], clip.durationMs);
  }
}

/** The one player of clips. */
export const player = new ClipPlayer();
