/** The metrics of MEASUREMENT.md by name: what they are called, their unit, and which way is good. */

export const latencyMetrics = [
  'ttfa', 'ttfa_audible', 'ttfb', 'recognition', 'processing', 'response', 'delivery', 'turn',
  'barge_in', 'leftover_audio', 'talk_over', 'underrun', 'greeting',
  'connect', 'dns', 'tcp', 'tls', 'upgrade', 'frame_lateness',
] as const; // prettier-ignore
export type LatencyMetric = (typeof latencyMetrics)[number];

/** Metrics with one value per turn, in the turn record under the same name. */
export const turnMetrics = [
  'ttfa', 'ttfa_audible', 'ttfb', 'recognition', 'processing', 'response', 'delivery', 'turn',
  'barge_in', 'leftover_audio', 'talk_over', 'underrun',
] as const satisfies readonly LatencyMetric[]; // prettier-ignore
export type TurnMetric = (typeof turnMetrics)[number];

/** Metrics with one value per connection attempt, in the call record under the same name. */
export const callMetrics = [
  'connect',
  'dns',
  'tcp',
  'tls',
  'upgrade',
  'greeting',
] as const satisfies readonly LatencyMetric[];
export type CallMetric = (typeof callMetrics)[number];

export const rateMetrics = ['connection_success', 'turn_success', 'error_rate', 'barge_in_success'] as const;
export type RateMetric = (typeof rateMetrics)[number];

export const countMetrics = [
  'calls_attempted', 'calls_connected', 'calls_failed', 'calls_dropped',
  'turns_ok', 'turns_failed', 'turns_timed_out', 'turns_ambiguous',
  'greeting_missing', 'stop_idle', 'cut_short', 'late_audio', 'slipped', 'backpressure',
  'arrivals_dropped', 'calls_held',
] as const; // prettier-ignore
export type CountMetric = (typeof countMetrics)[number];

export const metricNames = [...latencyMetrics, ...rateMetrics, ...countMetrics] as const;
export type MetricName = (typeof metricNames)[number];

export const statistics = [
  'min',
  'mean',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p99_9',
  'max',
  'count',
  'rate',
] as const;
export type Statistic = (typeof statistics)[number];

export type MetricKind = 'latency' | 'rate' | 'count';

const latencySet: ReadonlySet<string> = new Set(latencyMetrics);
const rateSet: ReadonlySet<string> = new Set(rateMetrics);

/** Whether a metric is a latency (milliseconds), a rate (0–1) or a count. */
export function metricKind(name: MetricName): MetricKind {
  return latencySet.has(name) ? 'latency' : rateSet.has(name) ? 'rate' : 'count';
}

const aboveIsGood: ReadonlySet<string> = new Set([
  'connection_success',
  'turn_success',
  'barge_in_success',
  'calls_held',
]);

/** The condition a threshold has when it names none: successes and calls held must be above, everything else below. */
export function defaultCondition(name: MetricName): 'above' | 'below' {
  return aboveIsGood.has(name) ? 'above' : 'below';
}

/** How a value stands to a threshold: pass within the target, warn within what is acceptable, else fail; no value fails. */
export function judge(
  value: number | null,
  condition: 'above' | 'below',
  target: number,
  acceptable: number,
): 'pass' | 'warn' | 'fail' {
  if (value === null) return 'fail';
  const meets = (limit: number) => (condition === 'below' ? value <= limit : value >= limit);
  return meets(target) ? 'pass' : meets(acceptable) ? 'warn' : 'fail';
}

/** How each metric is labelled on screen and in the terminal. */
export const metricLabels: Record<MetricName, string> = {
  ttfa: 'Time to first audio',
  ttfa_audible: 'Time to first audible audio',
  ttfb: 'Time to first message',
  recognition: 'Recognition',
  processing: 'Processing',
  response: 'Response length',
  delivery: 'Delivery',
  turn: 'Turn',
  barge_in: 'Barge-in',
  leftover_audio: 'Leftover audio',
  talk_over: 'Talk-over',
  underrun: 'Underrun',
  greeting: 'Greeting',
  connect: 'Connect',
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  upgrade: 'Upgrade',
  frame_lateness: 'Frame lateness',
  connection_success: 'Connection success',
  turn_success: 'Turn success',
  error_rate: 'Error rate',
  barge_in_success: 'Barge-in success',
  calls_attempted: 'Calls attempted',
  calls_connected: 'Calls connected',
  calls_failed: 'Calls failed',
  calls_dropped: 'Calls dropped',
  turns_ok: 'Turns ok',
  turns_failed: 'Turns failed',
  turns_timed_out: 'Turns timed out',
  turns_ambiguous: 'Ambiguous turns',
  greeting_missing: 'Greetings missing',
  stop_idle: 'Idle stops',
  cut_short: 'Cut short',
  late_audio: 'Late audio',
  slipped: 'Slipped calls',
  backpressure: 'Backpressure',
  arrivals_dropped: 'Arrivals dropped',
  calls_held: 'Calls held',
};
