/** A search for the breaking point on screen: its steps in words, and as stretches of a chart. Pure. */
import type { BreakingPoint, HeldStep } from '#contract/run';
import type { ChartSpan } from '../charts/plotOptions.ts';
import { formatElapsed } from '../format/quantities.ts';
import { formatTarget, thresholdName } from './thresholds.ts';

export type StepTone = 'pass' | 'warn' | 'fail' | 'other' | 'now';

export interface StepWords {
  tone: StepTone;
  result: string;
}

/** What became of a step, in few words. */
export function stepWords(step: HeldStep): StepWords {
  switch (step.result) {
    case 'pass':
      return { tone: 'pass', result: 'Held' };
    case 'warn':
      return { tone: 'warn', result: 'Held, acceptable' };
    case 'fail':
      return { tone: 'fail', result: 'Not held' };
    case 'generator':
      return { tone: 'other', result: 'This machine was the limit' };
    case 'cut':
      return { tone: 'other', result: 'Cut short' };
    case null:
      return { tone: 'now', result: 'Being held' };
  }
}

/** The thresholds that a step did not meet: `ttfa p95 3.4 s (≤ 3 s)`. */
export function failedThresholds(step: HeldStep): string[] {
  return step.thresholds
    .filter((threshold) => threshold.status === 'fail')
    .map((threshold) => {
      const { metric, stat, condition, acceptable, value } = threshold;
      const sign = condition === 'below' ? '≤' : '≥';
      const limit = `${sign} ${formatTarget(metric, stat, acceptable)}`;
      const measured = value === null ? 'no value' : formatTarget(metric, stat, value);
      return `${thresholdName(threshold)} ${measured} (${limit})`;
    });
}

/** When a step was held: `01:10 – 01:40`. */
export function stepTime(step: HeldStep): string {
  const from = formatElapsed(step.from_s);
  return step.to_s === null ? `since ${from}` : `${from} – ${formatElapsed(step.to_s)}`;
}

const spanColours: Record<StepTone, string> = {
  pass: '--pass',
  warn: '--warn',
  fail: '--fail-strong',
  other: '--series-neutral',
  now: '--series-blue',
};
const signs: Record<StepTone, string> = { pass: ' ✓', warn: ' ✓', fail: ' ✗', other: ' ?', now: ' …' };

/** The steps of a search as stretches of the run. */
export function stepSpans(found: BreakingPoint | null): ChartSpan[] {
  return (found?.steps ?? []).map((step) => {
    const { tone } = stepWords(step);
    return {
      fromS: step.from_s,
      toS: step.to_s,
      label: `${step.users}${signs[tone]}`,
      colour: spanColours[tone],
    };
  });
}

/** The sentence of a search as one that begins and ends. */
export function searchSentence(found: BreakingPoint): string {
  const text = found.sentence.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;
}

export type SearchState = 'searching' | 'found' | 'held' | 'machine' | 'none';

/** How a search stands: going on, broken by the target, held throughout, stopped by this machine, or nothing held. */
export function searchState(found: BreakingPoint, live: boolean): SearchState {
  if (live) return 'searching';
  if (found.limited_by === 'generator') return 'machine';
  if (found.breaks_at !== null) return found.holds === null ? 'none' : 'found';
  return found.holds === null ? 'none' : 'held';
}
