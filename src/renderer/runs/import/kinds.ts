/** Names of what files were recognised as; the contract's own file brings its schemas along. */
import type { ResultKind, ResultsFound } from '#contract/api/results';

export type { ResultsFound };

export const resultKindNames: Record<ResultKind, string> = {
  crosstalk: 'a Crosstalk export',
  locust_csv: 'CSV files of Locust',
  locust_json: 'Locust --json',
  azure_zip: 'results of Azure Load Testing',
  jtl_csv: 'JMeter results (JTL)',
  k6_summary: 'a summary of k6',
  k6_ndjson: 'points of k6 (--out json)',
};
