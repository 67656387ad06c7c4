import type { AppError, Result } from '#contract/errors';
import type { Utterance } from '../address.ts';

/** Rate of every clip on disk and of everything a voice returns. */
export const clipSampleRate = 16_000;

/** What every provider answers when it was told to give up. */
export const cancelled: AppError = { kind: 'refused', code: 'cancelled', message: 'Speaking was cancelled.' };

export interface SpeakOptions {
  /** The speaker's name, as its provider calls it. */
  name: string;
  style?: string | undefined;
  rate?: string | undefined;
  /** Gives the answer up; the result is then the error `cancelled`. */
  signal?: AbortSignal | undefined;
}

/** Turns words into speech. */
export interface Voice {
  /** 16-bit mono samples at 16 kHz, as the provider speaks them: not yet levelled or trimmed. */
  synthesise(text: string, options: SpeakOptions): Promise<Result<Int16Array>>;
}

/** Every provider behind one call. Must be closed, or a provider's process stays. */
export interface Voices {
  /** As `Voice.synthesise`, by the utterance's own provider. */
  synthesise(utterance: Utterance, signal?: AbortSignal): Promise<Result<Int16Array>>;
  close(): Promise<void>;
}
