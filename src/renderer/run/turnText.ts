/** A turn as text for a spreadsheet. */
import type { TurnRecord } from '#contract/run';

/** Two lines of tab-separated cells: the names of its fields, and what is in them (milliseconds, stamps as the run's clock has them). */
export function turnText(turn: TurnRecord): string {
  const clean = (value: TurnRecord[keyof TurnRecord]) =>
    value === null ? '' : String(value).replaceAll(/[\t\r\n]+/g, ' ');
  const entries = Object.entries<TurnRecord[keyof TurnRecord]>(turn);
  return [entries.map(([name]) => name), entries.map(([, value]) => clean(value))]
    .map((cells) => `${cells.join('\t')}\n`)
    .join('');
}
