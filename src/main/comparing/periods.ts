/** Periods of one run side by side: a cache that is cold and the same warm. */
import type { Comparison } from '#contract/comparison';
import { compareEvidence } from './compare.ts';
import { fromHistogram } from './distribution.ts';
import type { RunEvidence } from './evidence.ts';

const prefix = 'request|period=';

/** What is known of the requests of each period; `names`: only of these, in this order. */
function periodsOf(run: RunEvidence, names: readonly string[] | undefined): RunEvidence[] {
  const all = Object.keys(run.histograms)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return (names ?? all).flatMap((name): RunEvidence[] => {
    const request = fromHistogram(run.histograms[prefix + name] ?? '', undefined);
    if (request === null) return [];
    return [
      {
        ...run,
        row: { ...run.row, id: `${run.row.id} ${name}`, name },
        summary: null,
        histograms: {},
        distributions: new Map([['request', request]]),
      },
    ];
  });
}

/** The first period is the baseline; empty where there are fewer than two with requests in them. */
export function comparePeriods(run: RunEvidence, names?: readonly string[]): Comparison {
  const [first, ...others] = periodsOf(run, names);
  return first === undefined || others.length === 0
    ? { runs: [], rows: [] }
    : compareEvidence([first, ...others]);
}
