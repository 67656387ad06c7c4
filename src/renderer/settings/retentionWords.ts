import type { LastRemoval, Retention } from '#contract/api/history';
import { formatWhen } from '../format/dates.ts';
import { exactCount } from '../format/quantities.ts';

/** `1 run`, `1,204 runs`. */
export function runWords(runs: number): string {
  return `${exactCount(runs)} ${runs === 1 ? 'run' : 'runs'}`;
}

/** Which runs a rule removes: `older than 30 days, but never the newest 100`. */
export function ruleWords({ olderThanDays, keepNewest }: Retention): string {
  const newest =
    keepNewest === null ? '' : keepNewest === 1 ? 'the newest one' : `the newest ${exactCount(keepNewest)}`;
  if (olderThanDays === null) return newest === '' ? 'none' : `all but ${newest}`;
  const older = `older than ${exactCount(olderThanDays)} ${olderThanDays === 1 ? 'day' : 'days'}`;
  return newest === '' ? older : `${older}, but never ${newest}`;
}

/** What went by itself: `Yesterday 09:12: 12 runs by this rule, 1 run that was deleted a week before.` */
export function removalWords({ at, byRetention, deleted }: LastRemoval, now = new Date()): string {
  const parts = [
    ...(byRetention > 0 ? [`${runWords(byRetention)} by the rule`] : []),
    ...(deleted > 0 ? [`${runWords(deleted)} that had been deleted a week before`] : []),
  ];
  return `${formatWhen(at, now)}: ${parts.join(', ')}.`;
}

/** What was typed as a whole number within limits; null: it is none. */
export function wholeNumber(text: string, most: number): number | null {
  const value = Number(text);
  return /^\s*\d+\s*$/.test(text) && value >= 1 && value <= most ? value : null;
}
