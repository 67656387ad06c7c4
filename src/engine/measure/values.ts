/** Where each metric's values stand in the records. */
import { callMetrics, turnMetrics, type CallMetric, type TurnMetric } from '#contract/metrics';
import type { CallRecord, TurnRecord } from '#contract/run';

/** A turn's value of a metric in ms; null when it was not measured. */
export function turnValue(turn: TurnRecord, metric: TurnMetric): number | null {
  return metric === 'turn' ? turn.turn_time : turn[metric];
}

export function callValue(call: CallRecord, metric: CallMetric): number | null {
  return call[metric];
}

const turnSet: ReadonlySet<string> = new Set(turnMetrics);
const callSet: ReadonlySet<string> = new Set(callMetrics);

export function isTurnMetric(metric: string): metric is TurnMetric {
  return turnSet.has(metric);
}

export function isCallMetric(metric: string): metric is CallMetric {
  return callSet.has(metric);
}
