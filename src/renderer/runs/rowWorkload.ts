/** What the users of a run did, by its row of the list: they spoke, made requests, or both. */
import type { RunRow } from '#contract/run';

/** At least one of them is true. */
export interface Workload {
  voice: boolean;
  requests: boolean;
}

/** By what was measured; a run of which nothing is known yet counts as one of calls. */
export function workloadOfRow(
  row: Pick<
    RunRow,
    'ttfaP95' | 'bargeInP95' | 'turnSuccess' | 'requestP95' | 'requestSuccess' | 'requestsPerSecond'
  >,
): Workload {
  const requests = row.requestP95 !== null || row.requestSuccess !== null || (row.requestsPerSecond ?? 0) > 0;
  const voice = row.ttfaP95 !== null || row.bargeInP95 !== null || row.turnSuccess !== null;
  return { voice: voice || !requests, requests };
}
