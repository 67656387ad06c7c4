/** A search for the breaking point on screen: its steps in words, and as stretches of a chart. Pure. */
import { callMetrics, type MetricName, turnMetrics } from '#contract/metrics';
import type { BreakingPoint, HeldStep, ThresholdResult } from '#contract/run';
import type { Workload } from '../runs/rowWorkload.ts';
import type { ChartSpan } from '../charts/plotOptions.ts';
import { exactMs, formatElapsed, formatMs } from '../format/quantities.ts';
import { exactValue, formatTarget, formatValue, thresholdName } from './thresholds.ts';

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

/** What a step is measured by: a column of the table of steps. */
export interface StepFigure {
  name: string;
  /** Of a step, short and in full. */
  of: (step: HeldStep) => { text: string; about: string };
}

const voiceMetrics: ReadonlySet<MetricName> = new Set([...turnMetrics, ...callMetrics]);

const answers: readonly StepFigure[] = [
  { name: 'ttfa p95', of: ({ ttfa_p95: ms }) => ({ text: formatMs(ms), about: exactMs(ms) }) },
  { name: 'Barge-in p95', of: ({ barge_in_p95: ms }) => ({ text: formatMs(ms), about: exactMs(ms) }) },
];

/** More have no room beside each other. */
const mostLimits = 4;

function ofLimit(limit: ThresholdResult): StepFigure {
  const { metric, stat } = limit;
  const name = thresholdName(limit);
  return {
    name,
    of({ thresholds }) {
      const value = thresholds.find((one) => thresholdName(one) === name)?.value ?? null;
      return { text: formatValue(metric, stat, value), about: `${name}: ${exactValue(metric, stat, value)}` };
    },
  };
}

/** The figures of the steps: of callers what they heard, of users that make requests what the thresholds of the search look at. */
export function stepFigures({ steps }: BreakingPoint, { voice, requests }: Workload): StepFigure[] {
  const heard = voice ? answers : [];
  if (!requests) return [...heard];
  const limits = new Map(
    steps.flatMap(({ thresholds }) => thresholds).map((one) => [thresholdName(one), one]),
  );
  const other = [...limits.values()].filter(({ metric }) => !voice || !voiceMetrics.has(metric));
  return [...heard, ...other.slice(0, mostLimits).map(ofLimit)];
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

/** A sentence about how many were held, in the words of who was there: calls, or users that make requests. */
export function heldWords(text: string, voice: boolean): string {
  return voice ? text : text.replace(/(number of|\d) calls\b/g, '$1 users').replace(/\b1 call\b/g, '1 user');
}

/** The sentence of a search as one that begins and ends. `voice`: it is about callers. */
export function searchSentence(found: BreakingPoint, voice = true): string {
  const text = heldWords(found.sentence.trim(), voice);
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
