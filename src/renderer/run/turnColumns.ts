/** The columns of the turn table, in order. */
import type { BargeInOutcome, TurnRecord } from '#contract/run';

interface TurnColumn {
  name: string;
  /** CSS width; null takes what is left. */
  width: string | null;
  right?: boolean;
  about?: string;
}

export const turnColumns: readonly TurnColumn[] = [
  { name: 'Time', width: '76px', about: 'Start of the turn, since the start of the load' },
  { name: 'Call', width: '112px' },
  { name: 'Turn', width: '48px', right: true },
  { name: 'Conversation', width: '14%' },
  {
    name: 'TTFA',
    width: '74px',
    right: true,
    about: 'Time to first audio: end of speech → first audio of the answer',
  },
  {
    name: 'TTFB',
    width: '74px',
    right: true,
    about: 'Time to first message: end of speech → first message of any kind',
  },
  { name: 'Barge-in', width: '80px', right: true, about: 'Onset of the interruption → the agent is silent' },
  { name: 'Outcome', width: '118px', about: 'What the interruption led to' },
  {
    name: 'Leftover',
    width: '74px',
    right: true,
    about: 'Audio of the old answer that came after its stop message',
  },
  { name: 'Turn time', width: '80px', right: true, about: 'End of speech → end of the answer' },
  { name: 'Status', width: '96px' },
  { name: 'Error', width: null },
];
export const turnWidths = turnColumns.map((column) => column.width);
export const turnTableWidth = 1120;

export const outcomeWords: Record<BargeInOutcome, string> = {
  stopped: 'stopped',
  fell_silent: 'fell silent',
  completed: 'completed',
  not_stopped: 'not stopped',
  nothing_to_interrupt: 'nothing playing',
};

export const outcomeAbout: Record<BargeInOutcome, string> = {
  stopped: 'The agent sent a stop and fell silent.',
  fell_silent: 'The agent fell silent without a stop; a natural end cannot be excluded.',
  completed: 'The agent finished its answer; the interruption changed nothing.',
  not_stopped: 'The agent kept talking until the time for barge-in was over.',
  nothing_to_interrupt: 'The agent was not audible when the interruption began.',
};

export const turnStatusWords: Record<TurnRecord['status'], string> = {
  ok: 'ok',
  timeout: 'timed out',
  failed: 'failed',
  cut: 'cut',
};

/** What else is worth saying of a turn's status, for a hover. */
export function statusAbout(turn: TurnRecord): string {
  const notes: string[] = [];
  if (turn.timedOut === 'first_byte') notes.push('no answer within the time for the first audio');
  if (turn.timedOut === 'turn') notes.push('the answer did not end within the time for a turn');
  if (turn.status === 'cut')
    notes.push('the run ended before the turn did; it counts as neither ok nor failed');
  if (turn.ambiguous)
    notes.push('it cannot be told whether the audio belongs to the old or the new answer; kept out of TTFA');
  if (turn.excluded === 'generator') notes.push('the generator fell behind; kept out of the latencies');
  if (turn.excluded === 'warm_up') notes.push('during the warm-up; kept out of the headline');
  return notes.join('; ');
}
