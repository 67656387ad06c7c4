/** Which metric of Crosstalk one of k6 is, or why it is none. */
import { metricKind, metricNames, type MetricName } from '#contract/metrics';
import type { CustomMetric } from './evaluate.ts';

/** A counterpart; with a sentence when it is not quite the same. */
export type Counterpart = { metric: MetricName; but?: string } | { why: string };

const http = 'It times HTTP requests, and a call has none; ttfa and turn time the answers of a voice agent.';
const traffic = 'Traffic is shown for every run, but there is no threshold on it.';

const builtIn: Record<string, Counterpart> = {
  ws_connecting: { metric: 'connect' },
  http_req_connecting: { metric: 'tcp', but: 'Of a call’s connection here.' },
  http_req_tls_handshaking: { metric: 'tls', but: 'Of a call’s connection here.' },
  http_req_failed: {
    metric: 'error_rate',
    but: 'Failed calls and turns are counted here instead of requests.',
  },
  checks: { metric: 'turn_success', but: 'Turns that went well are counted here instead of checks.' },
  dropped_iterations: { metric: 'arrivals_dropped' },
  ws_sessions: { metric: 'calls_attempted' },
  ws_session_duration: {
    why: 'How long a call takes depends on what is said in it; there is no threshold on that. turn is the length of one turn.',
  },
  ws_msgs_sent: { why: traffic },
  ws_msgs_received: { why: traffic },
  ws_ping: { why: 'Pings are not timed; ttfa and turn time the answers themselves.' },
  http_req_duration: { why: http },
  http_req_waiting: { why: http },
  http_req_sending: { why: http },
  http_req_receiving: { why: http },
  http_req_blocked: { why: http },
  http_reqs: { why: 'It counts HTTP requests, and a call has none.' },
  grpc_req_duration: { why: 'It times gRPC requests, and a call has none.' },
  iteration_duration: {
    why: 'An iteration is a call here, and how long that takes depends on what is said in it. turn is the length of one turn.',
  },
  iterations: {
    why: 'An iteration is a call here; thresholds can be on the calls that failed or were dropped.',
  },
  group_duration: { why: 'Groups are code, which is not read.' },
  data_sent: { why: traffic },
  data_received: { why: traffic },
  vus: { why: 'It is the load itself.' },
  vus_max: { why: 'It is the load itself.' },
};

/** What people call their own metrics. */
const aliases: Record<string, MetricName> = {
  time_to_first_audio: 'ttfa',
  first_audio: 'ttfa',
  first_audio_latency: 'ttfa',
  audio_latency: 'ttfa',
  response_latency: 'ttfa',
  time_to_first_byte: 'ttfb',
  first_byte: 'ttfb',
  time_to_first_message: 'ttfb',
  first_message: 'ttfb',
  bargein: 'barge_in',
  barge_in_latency: 'barge_in',
  bargein_latency: 'barge_in',
  interruption: 'barge_in',
  interruption_latency: 'barge_in',
  turn_duration: 'turn',
  turn_latency: 'turn',
  stt: 'recognition',
  stt_latency: 'recognition',
  asr_latency: 'recognition',
  recognition_latency: 'recognition',
  llm_latency: 'processing',
  processing_latency: 'processing',
  connect_latency: 'connect',
  connection: 'connect',
  connecting: 'connect',
  handshake: 'upgrade',
  greeting_latency: 'greeting',
  connect_success: 'connection_success',
  connection_success: 'connection_success',
  connected: 'connection_success',
  turn_success: 'turn_success',
  turns_success: 'turn_success',
  successful_turns: 'turn_success',
  success: 'turn_success',
  barge_in_success: 'barge_in_success',
  bargein_success: 'barge_in_success',
  errors: 'error_rate',
  error: 'error_rate',
  failures: 'error_rate',
  failed_turns: 'turns_failed',
  failed_calls: 'calls_failed',
  dropped_calls: 'calls_dropped',
};

function plain(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
}

function named(name: string): MetricName | null {
  return (
    metricNames.find((metric) => metric === name) ??
    (Object.hasOwn(aliases, name) ? (aliases[name] ?? null) : null)
  );
}

/** The metric that a name of the script's own stands for; without its prefixes and units when it is none as it is. */
function meant(name: string): MetricName | null {
  const whole = plain(name);
  const bare = whole.replace(/^(voice|ws|websocket|agent|call|caller|custom|k6|my)_/, '').replace(/_(ms|millis|msec|time|rate|ratio|trend|counter)$/, ''); // prettier-ignore
  const barer = bare.replace(/_(ms|time|rate|latency|duration)$/, '');
  return named(whole) ?? named(bare) ?? named(barer);
}

const kindOf = { Trend: 'latency', Rate: 'rate', Counter: 'count', Gauge: 'count' } as const;
const kindWords = { latency: 'a time', rate: 'a rate', count: 'a count', speed: 'a rate per second' };

/** The counterpart of a metric; `own` says what the script declared it to be. */
export function counterpart(name: string, own: CustomMetric | undefined): Counterpart {
  const known = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
  if (known && !own) return known;
  const metric = meant(name);
  if (metric === null)
    return { why: 'It is a metric of the script’s own, and none of Crosstalk’s has a like name.' };
  if (own && kindOf[own.type] !== metricKind(metric))
    return { why: `Crosstalk’s ${metric} is ${kindWords[metricKind(metric)]}, this is a ${own.type}.` };
  const but = metric === plain(name) ? 'It is measured by Crosstalk, from the audio itself.' : `It is ${metric} here, measured by Crosstalk.`; // prettier-ignore
  return { metric, but };
}
