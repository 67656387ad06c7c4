/** What became of the turns' answers: `n answered, m timed out, k lost`, always shown with `ttfa`. */
import type { Counts, TurnRecord } from '#contract/run';
import { formatCount } from '../format/quantities.ts';

export interface Answers {
  answered: number;
  timedOut: number;
  lost: number;
  /** Turns of these that stay out of the latencies: those of the warm-up, or of a call the generator slipped in. */
  excluded: number;
}

/** Counts a turn by what became of its answer, as the engine counts a run. */
export function countAnswer(answers: Answers, turn: TurnRecord): Answers {
  const { timedOut, ttfa, status } = turn;
  const counted = turn.excluded === null ? answers : { ...answers, excluded: answers.excluded + 1 };
  if (timedOut === 'first_byte') return { ...counted, timedOut: counted.timedOut + 1 };
  if (ttfa !== null) return { ...counted, answered: counted.answered + 1 };
  return status === 'failed' ? { ...counted, lost: counted.lost + 1 } : counted;
}

export function answersOf(counts: Counts): Answers {
  return {
    answered: counts.ttfa_answered,
    timedOut: counts.ttfa_timed_out,
    lost: counts.ttfa_lost,
    excluded: counts.turns_excluded,
  };
}

export function describeAnswers(answers: Answers): string {
  const { answered, timedOut, lost, excluded } = answers;
  const words = `${formatCount(answered)} answered, ${formatCount(timedOut)} timed out, ${formatCount(lost)} lost`;
  return excluded > 0 ? `${words}, ${formatCount(excluded)} excluded` : words;
}
