import type { RunSource } from '#contract/run';

/** What made the record of a run. */
export const sourceNames: Record<RunSource, string> = {
  crosstalk: 'Crosstalk',
  locust: 'Locust',
  azure: 'Azure Load Testing',
  k6: 'k6',
};
