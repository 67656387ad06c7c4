/** A run's result or state in one word and one tone. */
import type { Ending, RunRow, Verdict } from '#contract/run';

export type Tone = 'pass' | 'warn' | 'fail' | 'going' | 'neutral';

export interface RunWord {
  tone: Tone;
  word: string;
  /** The word in a sentence, for a hover. */
  about: string;
}

export const verdictWords: Record<Verdict, RunWord> = {
  pass: { tone: 'pass', word: 'Passed', about: 'Every threshold met its target.' },
  warn: { tone: 'warn', word: 'Warning', about: 'A threshold missed its target but stayed acceptable.' },
  fail: { tone: 'fail', word: 'Failed', about: 'A threshold was not met, or nothing could be measured.' },
};

/** What a run's badge says: its state while it goes on, its verdict afterwards. */
export function runWord(row: Pick<RunRow, 'state' | 'verdict'>): RunWord {
  switch (row.state) {
    case 'running':
      return { tone: 'going', word: 'Running', about: 'The run is going on.' };
    case 'stopping':
      return { tone: 'going', word: 'Stopping', about: 'Turns and requests are ending.' };
    case 'cut_off':
      return {
        tone: 'warn',
        word: 'Cut off',
        about: 'The program that ran it ended before the run did; what it had recorded is kept.',
      };
    case 'finished':
      return row.verdict === null
        ? { tone: 'neutral', word: 'No verdict', about: 'The run ended without a verdict.' }
        : verdictWords[row.verdict];
  }
}

/** How a run ended, where that is worth a word. */
export function endingWords(ended: Ending | null): string | null {
  switch (ended) {
    case 'stopped':
      return 'stopped early';
    case 'aborted':
      return 'aborted';
    case 'threshold':
      return 'ended by a threshold';
    case 'crashed':
      return 'crashed';
    default:
      return null;
  }
}
