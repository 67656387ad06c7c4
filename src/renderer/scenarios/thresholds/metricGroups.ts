/** The metrics as they are offered for a scenario: those of its users first, by what they are about. Pure. */
import {
  countMetrics,
  iterationMetrics,
  latencyMetrics,
  metricNames,
  type MetricName,
  rateMetrics,
  requestMetrics,
  speedMetrics,
} from '#contract/metrics';
import { kindsIn } from '../requests/readSteps.ts';
import type { Subjects } from './rows.ts';

export interface MetricGroup {
  name: string;
  metrics: readonly MetricName[];
}

const requestCounts: ReadonlySet<MetricName> = new Set([
  'requests', 'requests_failed', 'requests_timed_out', 'retries', 'checks_failed', 'iterations', 'iterations_failed',
] satisfies MetricName[]); // prettier-ignore
const requestRates: ReadonlySet<MetricName> = new Set([
  'request_success',
  'check_success',
] satisfies MetricName[]);
const requestTimes: ReadonlySet<MetricName> = new Set([...requestMetrics, ...iterationMetrics]);
/** Of connections, which calls and requests have, and of the whole run. */
const shared: ReadonlySet<MetricName> = new Set(['dns', 'tcp', 'tls'] satisfies MetricName[]);
const ofRun: ReadonlySet<MetricName> = new Set([
  'error_rate',
  'arrivals_dropped',
  'frame_lateness',
] satisfies MetricName[]);

function isOfRequests(metric: MetricName): boolean {
  return (
    requestTimes.has(metric) ||
    requestRates.has(metric) ||
    requestCounts.has(metric) ||
    speedMetrics.some((name) => name === metric)
  );
}

function isOfVoice(metric: MetricName): boolean {
  return shared.has(metric) || (!isOfRequests(metric) && !ofRun.has(metric));
}

const voice: readonly MetricGroup[] = [
  { name: 'Voice: latency', metrics: latencyMetrics.filter(isOfVoice) },
  { name: 'Voice: rates', metrics: rateMetrics.filter(isOfVoice) },
  { name: 'Voice: counts', metrics: countMetrics.filter(isOfVoice) },
];

/** `dns`, `tcp` and `tls` stand once in a list: with the calls where there are some. */
function requests(withShared: boolean): readonly MetricGroup[] {
  const times = latencyMetrics.filter((metric) => requestTimes.has(metric));
  return [
    {
      name: 'Requests: latency',
      metrics: withShared ? times : times.filter((metric) => !shared.has(metric)),
    },
    { name: 'Requests: rates', metrics: [...rateMetrics.filter(isOfRequests), ...speedMetrics] },
    { name: 'Requests: counts', metrics: countMetrics.filter(isOfRequests) },
  ];
}

const whole: MetricGroup = {
  name: 'The whole run',
  metrics: metricNames.filter((metric) => ofRun.has(metric)),
};

/** Which of them a scenario has. */
export function subjectsOf(scenario: unknown): Subjects {
  const kinds = kindsIn(scenario);
  const others = kinds.has('http') || kinds.has('grpc');
  return { voice: kinds.has('voice') || !others, requests: others };
}

/** Groups of metrics; those that no user of the scenario has come last, under a name that says so. */
export function metricGroupsFor(subjects: Subjects): MetricGroup[] {
  const unfit = (groups: readonly MetricGroup[]): MetricGroup => ({
    name: subjects.voice
      ? 'Of requests, which this scenario does not make'
      : 'Of calls, which this scenario does not make',
    metrics: groups.flatMap(({ metrics }) => metrics),
  });
  if (subjects.voice && subjects.requests) return [...voice, ...requests(false), whole];
  if (subjects.requests)
    return [
      ...requests(true),
      whole,
      unfit(
        voice.map((group) => ({ ...group, metrics: group.metrics.filter((metric) => !shared.has(metric)) })),
      ),
    ];
  return [...voice, whole, unfit(requests(false))];
}

/** Whether a metric is measured at requests, so that it can be of one step, phase or group. */
export function hasSteps(metric: MetricName | null): boolean {
  return metric === null || (isOfRequests(metric) && !metric.startsWith('iteration'));
}

/** Whether a metric is measured at calls, so that it can be of one conversation or turn. */
export function hasConversations(metric: MetricName | null): boolean {
  return metric === null || isOfVoice(metric);
}
