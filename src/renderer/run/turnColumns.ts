/** The columns of the turn table, in order. */
import type { BargeInOutcome, TurnRecord } from '#contract/run';
import type { TurnSort } from '../navigation/turnFilter.ts';

export interface TurnColumn {
  key: string;
  name: string;
  /** CSS width; null takes what is left. */
  width: string | null;
  right?: boolean;
  about?: string;
  /** What turns are sorted by from its head; left out: they are not. */
  sort?: TurnSort;
  /** Hidden until somebody asks for it. */
  extra?: boolean;
}

/** Every column a turn can have, in order. */
export const allTurnColumns = [
  {
    key: 'time',
    name: 'Time',
    width: '76px',
    sort: 'startedAt',
    about: 'Start of the turn, since the start of the load',
  },
  { key: 'call', name: 'Call', width: '112px' },
  { key: 'turn', name: 'Turn', width: '56px', right: true, sort: 'turn' },
  { key: 'user', name: 'Users', width: '110px', extra: true, about: 'Users entry of the scenario' },
  { key: 'vu', name: 'VU', width: '56px', right: true, extra: true, about: 'Virtual user' },
  { key: 'conversation', name: 'Conversation', width: '14%' },
  { key: 'clip', name: 'Said', width: '16%', extra: true, about: 'What the caller said' },
  {
    key: 'ttfa',
    name: 'TTFA',
    width: '78px',
    right: true,
    sort: 'ttfa',
    about: 'Time to first audio: end of speech → first audio of the answer',
  },
  {
    key: 'ttfb',
    name: 'TTFB',
    width: '78px',
    right: true,
    sort: 'ttfb',
    about: 'Time to first message: end of speech → first message of any kind',
  },
  {
    key: 'recognition',
    name: 'Recogn.',
    width: '84px',
    right: true,
    sort: 'recognition',
    extra: true,
    about: 'Recognition: end of speech → transcript',
  },
  {
    key: 'processing',
    name: 'Process.',
    width: '84px',
    right: true,
    sort: 'processing',
    extra: true,
    about: 'Processing: transcript → first audio',
  },
  {
    key: 'response',
    name: 'Answer',
    width: '80px',
    right: true,
    sort: 'response',
    extra: true,
    about: 'Length of the answer: first audio → its end',
  },
  {
    key: 'underrun',
    name: 'Gaps',
    width: '78px',
    right: true,
    sort: 'underrun',
    extra: true,
    about: 'Silence in the answer because its audio had not come yet (underrun)',
  },
  {
    key: 'barge_in',
    name: 'Barge-in',
    width: '88px',
    right: true,
    sort: 'barge_in',
    about: 'Onset of the interruption → the agent is silent',
  },
  { key: 'outcome', name: 'Outcome', width: '118px', about: 'What the interruption led to' },
  {
    key: 'leftover',
    name: 'Leftover',
    width: '86px',
    right: true,
    sort: 'leftover_audio',
    about: 'Audio of the old answer that came after its stop message',
  },
  {
    key: 'turn_time',
    name: 'Turn time',
    width: '92px',
    right: true,
    sort: 'turn_time',
    about: 'End of speech → end of the answer',
  },
  { key: 'status', name: 'Status', width: '96px' },
  { key: 'error', name: 'Error', width: null },
] as const satisfies readonly TurnColumn[];
export type TurnColumnKey = (typeof allTurnColumns)[number]['key'];
export type ShownTurnColumn = TurnColumn & { key: TurnColumnKey };

/** Those that are shown until somebody chooses others. */
export const turnColumns: readonly ShownTurnColumn[] = allTurnColumns.filter(
  (column: TurnColumn) => column.extra !== true,
);
export const turnWidths = turnColumns.map((column) => column.width);

const shareOfTable = 150;
const rest = 170;

/** Least width of a table with these columns, px. */
export function widthOf(columns: readonly TurnColumn[]): number {
  return columns.reduce((sum, { width }) => {
    if (width === null) return sum + rest;
    return sum + (width.endsWith('px') ? Number.parseInt(width, 10) : shareOfTable);
  }, 0);
}

export const turnTableWidth = widthOf(turnColumns);

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
