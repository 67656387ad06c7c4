/** Tables of a run's turns by their place in the call, conversation or user: their words and where a row leads. Pure. */
import type { BreakdownBy } from '#contract/review';
import type { RunFilter } from '../navigation/routes.ts';

export const breakdownWords: Record<BreakdownBy, { title: string; head: string; pane: string }> = {
  turn: { title: 'Turns by their place in the call', head: 'Turn', pane: 'By turn' },
  conversation: { title: 'Turns by conversation', head: 'Conversation', pane: 'By conversation' },
  user: { title: 'Turns by users entry', head: 'Users', pane: 'By user' },
};

/** A row's name: `Turn 2`, or the name it goes by. */
export function breakdownLabel(by: BreakdownBy, key: string): string {
  if (by === 'turn') return `Turn ${key}`;
  return key === '' ? '(without a name)' : key;
}

/** What the turns of a row are narrowed by. */
export function breakdownFilter(by: BreakdownBy, key: string): RunFilter {
  if (by === 'turn') return { turn: Number(key) };
  return by === 'conversation' ? { conversation: key } : { user: key };
}
