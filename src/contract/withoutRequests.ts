/** What is said of requests where there are none. Without schemas, so that screens can use it. */
import type { Percentiles } from './run.ts';

/** Of nothing. */
export function noPercentiles(): Percentiles {
  return { count: 0, p50: null, p95: null, p99: null };
}

/** What requests add to a second, a row of the list and the rates of a run that has none. */
export const withoutRequests = {
  get sample() {
    return {
      requestsOk: 0,
      requestsFailed: 0,
      iterations: 0,
      request: noPercentiles(),
      firstToken: noPercentiles(),
    };
  },
  get row() {
    const trend: (number | null)[] = [];
    return { requestP95: null, requestSuccess: null, requestsPerSecond: null, requestTrend: trend };
  },
  rates: { request_success: null, check_success: null },
} as const;
