import type { Result } from '#contract/errors';
import type { Utterance } from '../address.ts';
import type { Voices } from '../voices/voice.ts';

type Said = Result<Int16Array>;

/** Voices that answer as a test wants. */
export function voicesThat(
  synthesise: (utterance: Utterance, signal?: AbortSignal) => Said | Promise<Said>,
): Voices {
  return {
    synthesise: async (utterance, signal) => synthesise(utterance, signal),
    close: async () => {},
  };
}
