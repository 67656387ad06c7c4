/** How a run's load is written beyond its users: arrivals, and the numbers of calls of a search for the breaking point. */
import type { Arrivals, HeldStep } from '#contract/run';
import { formatCount, formatElapsed } from './quantities.ts';
import { thresholdName } from './threshold.ts';

/** A rate of calls: `10 /s`, `0.33 /s`. */
export function formatRate(perSecond: number): string {
  const digits = perSecond >= 100 ? 0 : perSecond >= 10 ? 1 : 2;
  return `${Number(perSecond.toFixed(digits))} /s`;
}

/** `600 asked (10 /s), 582 started (9.7 /s), 18 dropped`. */
export function arrivalsText({ asked, started, dropped, asked_per_s, achieved_per_s }: Arrivals): string {
  const late = asked - started - dropped;
  return [
    `${formatCount(asked)} asked (${formatRate(asked_per_s)})`,
    `${formatCount(started)} started (${formatRate(achieved_per_s)})`,
    `${formatCount(dropped)} dropped`,
    ...(late > 0 ? [`${formatCount(late)} not begun`] : []),
  ].join(', ');
}

/** What became of a held number, and why: `not held: ttfa p95`. */
export function heldText(step: HeldStep): string {
  const failed = step.thresholds.filter((row) => row.status === 'fail').map(thresholdName);
  switch (step.result) {
    case 'pass':
      return 'held';
    case 'warn': {
      const missed = step.thresholds.filter((row) => row.status === 'warn').map(thresholdName);
      return `held, target missed: ${missed.join(', ')}`;
    }
    case 'fail':
      return failed.length > 0 ? `not held: ${failed.join(', ')}` : 'not held';
    case 'generator':
      return 'this machine was the bottleneck';
    case 'cut':
      return 'cut off by the end of the run';
    case null:
      return 'being held';
  }
}

/** When a number was held: `01:10–02:10`. */
export function heldSpan(step: HeldStep): string {
  return `${formatElapsed(step.from_s * 1000)}–${step.to_s === null ? '' : formatElapsed(step.to_s * 1000)}`;
}
