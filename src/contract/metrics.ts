/** The metrics of MEASUREMENT.md by name: what they are called, their unit, and which way is good. */

export const latencyMetrics = [
  'ttfa', 'ttfa_audible', 'ttfb', 'recognition', 'processing', 'response', 'delivery', 'turn',
  'barge_in', 'leftover_audio', 'talk_over', 'underrun', 'greeting',
  'connect', 'dns', 'tcp', 'tls', 'upgrade', 'frame_lateness',
  'request', 'request_uncorrected', 'queue', 'first_byte', 'download',
  'first_token', 'tokens_per_second', 'first_audio', 'final_result',
  'iteration', 'iteration_uncorrected',
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

/**
 * Metrics with one value per request (docs/requests.md). `request` begins when it was to begin, `request_uncorrected` when
 * it was sent; `queue` is between the two. `dns`, `tcp` and `tls` are of the requests that opened a connection.
 */
export const requestMetrics = [
  'request', 'request_uncorrected', 'queue', 'dns', 'tcp', 'tls', 'first_byte', 'download',
  'first_token', 'tokens_per_second', 'first_audio', 'final_result',
] as const satisfies readonly LatencyMetric[]; // prettier-ignore
export type RequestMetric = (typeof requestMetrics)[number];

/** Metrics with one value per iteration of an http or grpc user. */
export const iterationMetrics = [
  'iteration',
  'iteration_uncorrected',
] as const satisfies readonly LatencyMetric[];
export type IterationMetric = (typeof iterationMetrics)[number];

export const rateMetrics = [
  'connection_success', 'turn_success', 'error_rate', 'barge_in_success', 'request_success', 'check_success',
] as const; // prettier-ignore
export type RateMetric = (typeof rateMetrics)[number];

export const countMetrics = [
  'calls_attempted', 'calls_connected', 'calls_failed', 'calls_dropped',
  'turns_ok', 'turns_failed', 'turns_timed_out', 'turns_ambiguous',
  'greeting_missing', 'stop_idle', 'cut_short', 'late_audio', 'slipped', 'backpressure',
  'arrivals_dropped', 'calls_held',
  'requests', 'requests_failed', 'requests_timed_out', 'retries', 'checks_failed', 'iterations', 'iterations_failed',
] as const; // prettier-ignore
export type CountMetric = (typeof countMetrics)[number];

/** Numbers a second over the time that is judged. */
export const speedMetrics = ['requests_per_second'] as const;
export type SpeedMetric = (typeof speedMetrics)[number];

export const metricNames = [...latencyMetrics, ...rateMetrics, ...countMetrics, ...speedMetrics] as const;
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

/** `latency`: a distribution of values, of times but for `tokens_per_second` (see `metricUnit`). */
export type MetricKind = 'latency' | 'rate' | 'count' | 'speed';
export type MetricUnit = 'ms' | 'share' | 'count' | '1/s';

const latencySet: ReadonlySet<string> = new Set(latencyMetrics);
const rateSet: ReadonlySet<string> = new Set(rateMetrics);
const speedSet: ReadonlySet<string> = new Set(speedMetrics);

/** Whether a metric is a distribution, a rate (0–1), a count, or a number a second. */
export function metricKind(name: MetricName): MetricKind {
  if (latencySet.has(name)) return 'latency';
  if (rateSet.has(name)) return 'rate';
  return speedSet.has(name) ? 'speed' : 'count';
}

const perSecond: ReadonlySet<string> = new Set(['tokens_per_second', 'requests_per_second']);

/** What a metric's values are counted in. */
export function metricUnit(name: MetricName): MetricUnit {
  if (perSecond.has(name)) return '1/s';
  const kind = metricKind(name);
  return kind === 'latency' ? 'ms' : kind === 'rate' ? 'share' : 'count';
}

const aboveIsGood: ReadonlySet<string> = new Set([
  'connection_success',
  'turn_success',
  'barge_in_success',
  'calls_held',
  'request_success',
  'check_success',
  'requests',
  'iterations',
  'requests_per_second',
  'tokens_per_second',
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
  request: 'Request',
  request_uncorrected: 'Request, uncorrected',
  queue: 'Queue',
  first_byte: 'First byte',
  download: 'Download',
  first_token: 'Time to first token',
  tokens_per_second: 'Tokens a second',
  first_audio: 'First audio out',
  final_result: 'Final result',
  iteration: 'Iteration',
  iteration_uncorrected: 'Iteration, uncorrected',
  request_success: 'Request success',
  check_success: 'Check success',
  requests: 'Requests',
  requests_failed: 'Requests failed',
  requests_timed_out: 'Requests timed out',
  retries: 'Retries',
  checks_failed: 'Checks failed',
  iterations: 'Iterations',
  iterations_failed: 'Iterations failed',
  requests_per_second: 'Requests a second',
};
