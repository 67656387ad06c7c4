/** What thresholds name must be there, and their metric measured. */
import {
  callMetrics,
  iterationMetrics,
  metricLabels,
  requestMetrics,
  turnMetrics,
  type MetricName,
} from '../../metrics.ts';
import type { ValueProblem } from '../explain.ts';
import type { ScenarioFile, Threshold } from '../file.ts';
import { requestersOf, stepName, stepsOf } from '../steps.ts';
import { voiceUsersOf } from '../users.ts';
import { meant } from './words.ts';

const ofRequests: ReadonlySet<MetricName> = new Set<MetricName>([
  ...requestMetrics,
  'request_success', 'check_success', 'requests', 'requests_failed', 'requests_timed_out', 'retries',
  'checks_failed', 'requests_per_second',
]); // prettier-ignore
const ofIterations: ReadonlySet<MetricName> = new Set<MetricName>([
  ...iterationMetrics,
  'iterations',
  'iterations_failed',
]);
const ofCalls: ReadonlySet<MetricName> = new Set<MetricName>([
  ...turnMetrics,
  ...callMetrics,
  'frame_lateness', 'connection_success', 'turn_success', 'error_rate', 'barge_in_success', 'calls_attempted',
  'calls_connected', 'calls_failed', 'calls_dropped', 'turns_ok', 'turns_failed', 'turns_timed_out', 'turns_ambiguous',
  'greeting_missing', 'stop_idle', 'cut_short', 'late_audio', 'slipped', 'backpressure', 'calls_held',
]); // prettier-ignore

type Where = NonNullable<Threshold['where']>;

/** Every name of the scenario that a threshold may speak of. */
function namesOf(file: ScenarioFile): Record<Exclude<keyof Where, 'turn'>, string[]> {
  const steps = requestersOf(file).flatMap(({ requester, path }) => stepsOf(requester, path));
  const groups = steps.flatMap(({ group }) => group ?? []);
  return {
    user: file.users.map((user) => user.name),
    conversation: voiceUsersOf(file).flatMap((user) => user.conversations.map((c) => c.name)),
    step: [...new Set(steps.map(({ step }) => stepName(step)))],
    phase: [...new Set(steps.flatMap(({ phase }) => phase ?? []))],
    group: [...new Set(groups)],
    period: file.periods.map((period) => period.name),
  };
}

/** Thresholds of parts that are not there, or on what no user of the scenario does. */
export function thresholds(file: ScenarioFile): ValueProblem[] {
  const known = namesOf(file);
  return file.thresholds.flatMap((row, i) => {
    const unknown = (Object.keys(known) as (keyof typeof known)[]).flatMap((key): ValueProblem[] => {
      const name = row.where?.[key];
      if (name === undefined || known[key].includes(name)) return [];
      const message = `there is no ${key} ${JSON.stringify(name)} in this scenario${meant(name, known[key])}`;
      return [{ path: ['thresholds', i, 'where', key], message }];
    });
    const kind = ofKind(file, row, i);
    return kind.length > 0
      ? kind
      : [...unknown, ...ofTheLoad(row, i), ...ofTheirParts(row, i), ...ofOtherUsers(file, row, i)];
  });
}

/** A metric that no user of the scenario has. */
function ofKind(file: ScenarioFile, { metric, enabled }: Threshold, i: number): ValueProblem[] {
  if (!enabled) return [];
  const path = ['thresholds', i, 'metric'];
  const speaks = file.users.some(({ kind }) => kind === 'voice');
  const asks = file.users.some(({ kind }) => kind !== 'voice');
  const label = metricLabels[metric].toLowerCase();
  const name = label === metric ? metric : `${metric} (${label})`;
  const both = requestMetrics.some((m) => m === metric) && callMetrics.some((m) => m === metric);
  if (both) return [];
  if (!speaks && ofCalls.has(metric))
    return [{ path, message: `${name} is measured of voice users, and this scenario has none` }];
  if (!asks && (ofRequests.has(metric) || ofIterations.has(metric)))
    return [{ path, message: `${name} is measured of http and grpc users, and this scenario has none` }];
  return [];
}

/** What is counted of a load is counted of all of it. */
function ofTheLoad({ metric, where = {} }: Threshold, i: number): ValueProblem[] {
  if (metric !== 'calls_held' && metric !== 'arrivals_dropped') return [];
  return (['turn', 'conversation', 'user', 'step', 'phase', 'group'] as const)
    .filter((key) => where[key] !== undefined)
    .map((key) => ({
      path: ['thresholds', i, 'where', key],
      message: `${metric} is counted for the whole load, not by ${key}`,
    }));
}

/** Requests have no turns, calls no steps, and an iteration is more than one step. */
function ofTheirParts({ metric, where = {} }: Threshold, i: number): ValueProblem[] {
  const wrong = (keys: readonly (keyof Where)[], what: string) =>
    keys
      .filter((key) => where[key] !== undefined)
      .map((key) => ({
        path: ['thresholds', i, 'where', key],
        message: `${metric} is measured ${what}, which ${noPart[key]}`,
      }));
  if (ofRequests.has(metric) && !ofCalls.has(metric)) return wrong(['turn', 'conversation'], 'of requests');
  if (ofIterations.has(metric))
    return wrong(['turn', 'conversation', 'step', 'phase', 'group'], 'of whole iterations');
  return ofCalls.has(metric) && !ofRequests.has(metric) ? wrong(['step', 'phase', 'group'], 'of calls') : [];
}

const noPart: Record<keyof Where, string> = {
  turn: 'have no turns',
  conversation: 'have no conversations',
  user: 'have no users',
  step: 'are not told apart by step',
  phase: 'are not told apart by phase',
  group: 'are not told apart by group',
  period: 'have no periods',
};

/** A users entry of the other kind. */
function ofOtherUsers(file: ScenarioFile, { metric, where }: Threshold, i: number): ValueProblem[] {
  const user = file.users.find(({ name }) => name === where?.user);
  if (user === undefined) return [];
  const path = ['thresholds', i, 'where', 'user'];
  const request = (ofRequests.has(metric) && !ofCalls.has(metric)) || ofIterations.has(metric);
  if (user.kind === 'voice' && request)
    return [
      { path, message: `${metric} is measured of http and grpc users, and ${user.name} are voice users` },
    ];
  return user.kind !== 'voice' && ofCalls.has(metric) && !ofRequests.has(metric)
    ? [{ path, message: `${metric} is measured of voice users, and ${user.name} are ${user.kind} users` }]
    : [];
}
