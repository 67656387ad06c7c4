/** How a run stands to another one, in one word and one tone. */
import type { ComparisonVerdict } from '#contract/run';
import type { Tone } from '../runs/verdicts.ts';

export interface ComparisonWord {
  tone: Tone;
  word: string;
  /** The word in a sentence, for a hover. */
  about: string;
}

const comparisonWords: Record<ComparisonVerdict, ComparisonWord> = {
  regressed: {
    tone: 'fail',
    word: 'Regressed',
    about: 'A headline metric is worse than in the baseline, by more than noise and by enough to matter.',
  },
  improved: {
    tone: 'pass',
    word: 'Improved',
    about:
      'A headline metric is better than in the baseline, by more than noise and by enough to matter; none is worse.',
  },
  no_difference: {
    tone: 'neutral',
    word: 'No difference shown',
    about: 'What differs from the baseline is within noise, or too little to matter.',
  },
  unclear: {
    tone: 'warn',
    word: 'Unclear',
    about: 'Nothing can be said: a run is not trusted, has too few values, or has none.',
  },
};

/** A run that has not been compared yet. */
const notCompared: ComparisonWord = {
  tone: 'neutral',
  word: 'Not compared',
  about: 'The run has not been compared with its baseline yet.',
};

/** A word for a verdict or for none. */
export function comparisonWord(verdict: ComparisonVerdict | null): ComparisonWord {
  return verdict === null ? notCompared : comparisonWords[verdict];
}
