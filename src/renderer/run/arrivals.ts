/** How a rate of arrivals is kept, in the figures under a run's title. Pure. */
import type { Arrivals } from '#contract/run';
import type { SampleSeries } from '../charts/sampleSeries.ts';
import { exactCount, formatCount } from '../format/quantities.ts';

export interface ArrivalFigures {
  /** Calls, or iterations, a second that began. */
  achieved: string;
  asked: string;
  dropped: string;
  about: string;
  /** Whether some arrivals found no free user. */
  short: boolean;
}

/** Calls a second: `0.5/s`, `12/s`, `1,200/s`. */
export function formatRate(perSecond: number): string {
  return `${formatCount(Number(perSecond.toPrecision(3)))}/s`;
}

function figures(
  achieved: number,
  asked: number,
  dropped: number,
  over: string,
  voice: boolean,
): ArrivalFigures {
  const [what, why] = voice
    ? ['calls began', 'because all users were busy']
    : ['iterations began', 'because the load was over before a user was free'];
  return {
    achieved: formatRate(achieved),
    asked: formatRate(asked),
    dropped: formatCount(dropped),
    about: `${exactCount(Number(achieved.toPrecision(6)))} ${what} each second, of ${exactCount(Number(asked.toPrecision(6)))} asked for, ${over}; ${exactCount(dropped)} dropped ${why}`,
    short: dropped > 0,
  };
}

/** Of a run that has ended by its summary, else of its last seconds; null where nobody arrives at a rate. `voice`: they are callers. */
export function arrivalFigures(
  arrivals: Arrivals | null,
  series: SampleSeries,
  voice = true,
): ArrivalFigures | null {
  if (arrivals) {
    return figures(
      arrivals.achieved_per_s,
      arrivals.asked_per_s,
      arrivals.dropped,
      'over the whole run',
      voice,
    );
  }
  if (series.totals.arrivalsAsked === 0) return null;
  const asked = series.column('arrivalsAsked').at(-1) ?? 0;
  const begun = voice ? 'arrivalsStarted' : 'iterations';
  const started = series.column(begun).at(-1) ?? 0;
  return figures(started, asked, series.totals.arrivalsDropped, 'over the last seconds', voice);
}
