/** Speaking an utterance that has no clip yet: said by its voice, made fit for an agent, and kept. */
import { longestText } from '#contract/audio/conversation';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { Utterance } from './address.ts';
import { ClipCache } from './cache.ts';
import { writeProblem } from './folderFiles.ts';
import type { ClipPlace } from './names.ts';
import { finishSpeech } from './speech.ts';
import type { Voices } from './voices/voice.ts';

/** For whom an utterance is spoken. */
export interface SpokenFor {
  /** Names the clip; left out: its words do. */
  place?: ClipPlace | null;
  /** Gives it up; the answer is then the error `cancelled`. */
  signal?: AbortSignal | undefined;
  /** The clip of these words that the folder has already is replaced. */
  replace?: boolean;
}

/** Speaks an utterance and keeps it; 16 kHz samples. */
export type Speak = (utterance: Utterance, spokenFor?: SpokenFor) => Promise<Result<Int16Array>>;

export interface SpeakerOptions {
  voices: Voices;
  /** Where clips are kept, with their manifest. */
  folder: string;
  /** A cache that keeps them and is asked for them later; left out: one of its own. */
  cache?: ClipCache;
  /** What is being said, in words. */
  onProgress?: ((text: string) => void) | undefined;
  /** Told when a clip cannot be kept, which is then no error; left out: it is one. */
  onUnkept?: (error: AppError) => void;
}

/** Errors: `nothing_to_say`, `text_too_long`, `nothing_said`, `cancelled`, `cache_unwritable`, and those of the voice. */
export function createSpeaker(options: SpeakerOptions): Speak {
  const { voices, folder, cache = new ClipCache([folder]), onProgress, onUnkept } = options;
  return async (utterance, { place, signal, replace } = {}) => {
    const refused = refusal(utterance.text);
    if (refused !== null) return refused;
    const givenUp = () => signal?.aborted === true;
    if (givenUp()) return cancelled();
    onProgress?.(`Speaking ${JSON.stringify(shortened(utterance.text))}`);
    const raw = await voices.synthesise(utterance, signal);
    if (givenUp()) return cancelled();
    if (!raw.ok) return raw;
    const samples = finishSpeech(raw.value);
    if (!samples) {
      return fail(
        'invalid_input',
        'nothing_said',
        `the ${utterance.provider} voice says nothing for ${JSON.stringify(shortened(utterance.text))}; give the turn a clip instead`,
      );
    }
    try {
      await cache.keep(folder, utterance, samples, place ?? null, replace);
    } catch (thrown) {
      const error = writeProblem(folder, thrown);
      if (onUnkept === undefined) return { ok: false, error };
      onUnkept(error);
    }
    return ok(samples);
  };
}

function cancelled(): Result<never> {
  return fail('refused', 'cancelled', 'Speaking was cancelled.');
}

const longestShown = 120;

/** Words as a message shows them. */
export function shortened(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown - 1)}…` : text;
}

function refusal(text: string): Result<never> | null {
  if (text.trim() === '') {
    return fail(
      'invalid_input',
      'nothing_to_say',
      'the turn has no words; write some, or give it an audio file',
    );
  }
  if (text.length > longestText) {
    return fail(
      'invalid_input',
      'text_too_long',
      `the turn has ${text.length} characters; at most ${longestText} can be spoken at once, so split it into several turns`,
    );
  }
  return null;
}
