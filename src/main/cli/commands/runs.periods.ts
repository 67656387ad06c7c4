/** `crosstalk runs compare RUN --periods`: stretches of one run side by side. */
import type { Comparison } from '#contract/comparison';
import { mostCompared } from '#contract/comparisonLimits';
import type { RunRow } from '#contract/run';
import { nearest } from '#contract/scenario/nearest';
import { loadEvidence } from '../../comparing/loading.ts';
import { comparePeriods, periodsWithRequests } from '../../comparing/periods.ts';
import type { History } from '../../history/history.ts';
import { usage } from '../exit.ts';
import { must } from '../must.ts';

/** `cold,warm` → the names; null: all of them. */
export function periodNames(written: string | true): string[] | null {
  if (written === true) return null;
  const names = written
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return [...new Set(names)];
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

/** What of the names a run does not have; with fewer than two of its own there is nothing to choose from. */
function unfit(id: string, known: readonly string[], wanted: readonly string[] | null): string | null {
  if (known.length === 0)
    return `Run ${id} has no periods: "periods" of its scenario names stretches of a run, like { name: cold, from: 0s, to: 60s }.`;
  for (const name of wanted ?? []) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const advice = near === null ? `it has ${listed(known)}.` : `did you mean ${JSON.stringify(near)}?`;
    return `Run ${id} has no period ${JSON.stringify(name)}; ${advice}`;
  }
  if (known.length < 2)
    return `Run ${id} has one period alone, ${listed(known)}: a comparison needs two or more.`;
  if (wanted !== null && wanted.length < 2)
    return `--periods needs two names or more, like ${known.slice(0, 2).join(',')}.`;
  return null;
}

function endless({ id, state }: RunRow): string | null {
  if (state === 'running' || state === 'stopping')
    return `Run ${id} goes on: its periods can be compared when it has ended.`;
  return state === 'cut_off'
    ? `Run ${id} was cut off before its end: what its periods would be compared by was not written.`
    : null;
}

/** The periods of a run beside the first that is named; null: all in their order. Throws what the run does not have as bad usage. */
export async function comparedPeriods(
  history: History,
  run: RunRow,
  wanted: readonly string[] | null,
): Promise<Comparison> {
  const plan = must(await history.requestPlan(run.id));
  const known = plan.periods.map(({ name }) => name);
  const wrong = unfit(run.id, known, wanted) ?? endless(run);
  if (wrong !== null) throw usage(wrong);
  const evidence = must(await loadEvidence(history, run.id));
  const asked = wanted ?? known;
  if (asked.length > mostCompared)
    throw usage(
      `At most ${mostCompared} periods can be compared at once; name them: --periods ${known.slice(0, 2).join(',')}.`,
    );
  const comparison = comparePeriods(evidence, asked);
  const used = periodsWithRequests(evidence);
  const none = asked.filter((name) => !used.includes(name));
  // Of all periods some may have come to nothing; those that are asked for by name must be there.
  if (wanted === null ? comparison.runs.length >= 2 : none.length === 0) return comparison;
  const of = none.length === 1 ? `period ${listed(none)}` : `the periods ${listed(none)}`;
  throw usage(`No request of run ${run.id} began in ${of}, so there is nothing to compare.`);
}
