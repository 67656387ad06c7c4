/** What became of the turns' answers: `n answered, m timed out, k lost`, always shown with `ttfa`. */
import type { Counts, TurnRecord } from '#contract/run';
import { formatCount } from '../format/quantities.ts';

export interface Answers {
  answered: number;
  timedOut: number;
  lost: number;
}

/** Counts a turn by what became of its answer; cut and excluded turns count as none of these. */
export function countAnswer(answers: Answers, turn: TurnRecord): Answers {
  if (turn.excluded !== null || turn.status === 'cut') return answers;
  if (turn.timedOut === 'first_byte') return { ...answers, timedOut: answers.timedOut + 1 };
  if (turn.ttfa !== null) return { ...answers, answered: answers.answered + 1 };
  return turn.status === 'failed' ? { ...answers, lost: answers.lost + 1 } : answers;
}

export function answersOf(counts: Counts): Answers {
  return { answered: counts.ttfa_answered, timedOut: counts.ttfa_timed_out, lost: counts.ttfa_lost };
}

export function describeAnswers(answers: Answers): string {
  return `${formatCount(answers.answered)} answered, ${formatCount(answers.timedOut)} timed out, ${formatCount(answers.lost)} lost`;
}
