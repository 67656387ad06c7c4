/** A run of which only its end is at hand: enough for reports that need no single second or record. */
import type { ErrorGroup } from '#contract/api/runs';
import type { RunDetail } from '#contract/run';
import type { RunOutcome } from '#engine/run';
import type { ReportSource } from './source.ts';

async function* nothing<T>(): AsyncGenerator<readonly T[]> {
  yield await Promise.resolve([]);
}

/** `errors`: as they were counted while it went on. */
export function summarisedSource(
  detail: RunDetail,
  { histograms, breakdowns }: Pick<RunOutcome, 'histograms' | 'breakdowns'>,
  errors: readonly ErrorGroup[],
): ReportSource {
  const known = <T>(value: T) => Promise.resolve(value);
  return {
    detail,
    samples: () => known([]),
    series: () => known([]),
    histograms: () => known(histograms),
    errors: () => known([...errors]),
    breakdown: (by) => known(breakdowns[by]),
    slowest: () => known([]),
    totals: () => known({ turns: 0, calls: 0, errors: 0, requests: 0, kept: 0 }),
    turns: nothing,
    calls: nothing,
    errorRecords: nothing,
    requests: nothing,
    kept: nothing,
    aboutRequests: () => known(null),
  };
}
