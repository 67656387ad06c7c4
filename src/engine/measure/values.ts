/** Where each metric's values stand in the records. */
import {
  callMetrics,
  iterationMetrics,
  requestMetrics,
  turnMetrics,
  type CallMetric,
  type IterationMetric,
  type MetricName,
  type RequestMetric,
  type TurnMetric,
} from '#contract/metrics';
import type { CallRecord, TurnRecord } from '#contract/run';

/** A turn's value of a metric in ms; null when it was not measured. */
export function turnValue(turn: TurnRecord, metric: TurnMetric): number | null {
  return metric === 'turn' ? turn.turn_time : turn[metric];
}

export function callValue(call: CallRecord, metric: CallMetric): number | null {
  return call[metric];
}

/** Whether a metric has a value per request. */
export function isRequestMetric(metric: MetricName): metric is RequestMetric {
  return requestSet.has(metric);
}

/** Whether a metric is of requests or iterations. */
export function isOfRequests(metric: MetricName): metric is RequestMetric | IterationMetric {
  return requestSet.has(metric) || iterationSet.has(metric);
}

const requestSet: ReadonlySet<string> = new Set(requestMetrics);
const iterationSet: ReadonlySet<string> = new Set(iterationMetrics);
const turnSet: ReadonlySet<string> = new Set(turnMetrics);
const callSet: ReadonlySet<string> = new Set(callMetrics);

export function isTurnMetric(metric: string): metric is TurnMetric {
  return turnSet.has(metric);
}

export function isCallMetric(metric: string): metric is CallMetric {
  return callSet.has(metric);
}
