/**
 * The caller's microphone: a frame every slot, whatever happens. Between utterances quiet frames keep flowing
 * (`continuous`), or only for `quiet_tail` after each utterance (`tail`).
 */
import type { VoicedSpan } from '#contract/audio/level';
import type { EncodedFrame } from '../protocols/adapter.ts';

/** One utterance, encoded once per worker and protocol. */
export interface Utterance {
  name: string;
  frames: readonly EncodedFrame[];
  /** Frame that holds the first voiced sample, and the one that holds the last. */
  onsetFrame: number;
  lastVoicedFrame: number;
}

/** Frames that hold a clip's first and last voiced samples. */
export function voicedFrames(
  voiced: VoicedSpan,
  samplesPerFrame: number,
): { onsetFrame: number; lastVoicedFrame: number } {
  return {
    onsetFrame: Math.floor(voiced.firstSample / samplesPerFrame),
    lastVoicedFrame: Math.floor(voiced.lastSample / samplesPerFrame),
  };
}

export type FrameMoment = 'onset' | 'end_of_speech' | 'both' | null;

export class Microphone {
  readonly #quiet: readonly EncodedFrame[];
  readonly #tailFrames: number | null;
  #utterance: Utterance | null = null;
  #next = 0;
  #first = 0;
  #quietSent = 0;
  #everSpoke = false;

  /** `tailFrames`: how many quiet frames follow an utterance; null: for ever. */
  constructor(quiet: readonly EncodedFrame[], tailFrames: number | null, phase: number) {
    this.#quiet = quiet;
    this.#tailFrames = tailFrames;
    this.#next = phase;
  }

  get speaking(): boolean {
    return this.#utterance !== null;
  }

  /** Begins an utterance with the next slot; `skip` frames of its leading silence are left out. */
  speak(utterance: Utterance, skip: number): void {
    this.#utterance = utterance;
    this.#first = Math.min(skip, utterance.onsetFrame);
    this.#next = this.#first;
    this.#everSpoke = true;
  }

  /** The frame of this slot, and what its sending means; null when the microphone is silent. */
  take(): { frame: EncodedFrame; moment: FrameMoment } | null {
    const utterance = this.#utterance;
    if (utterance) {
      const index = this.#next++;
      const frame = utterance.frames[index];
      if (this.#next >= utterance.frames.length) {
        this.#utterance = null;
        this.#quietSent = 0;
      }
      if (!frame) return null;
      const onset = index === utterance.onsetFrame;
      const end = index === utterance.lastVoicedFrame;
      return { frame, moment: onset && end ? 'both' : onset ? 'onset' : end ? 'end_of_speech' : null };
    }
    if (this.#tailFrames !== null && (!this.#everSpoke || this.#quietSent >= this.#tailFrames)) return null;
    this.#quietSent++;
    const frame = this.#quiet[this.#next++ % this.#quiet.length];
    return frame ? { frame, moment: null } : null;
  }
}
