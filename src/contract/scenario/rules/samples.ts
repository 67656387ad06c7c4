/**
 * Thresholds that nothing of the scenario can give a value: they are judged all the same, and fail without one. All that
 * they name is there, so the scenario is valid; it says something else than what was meant.
 */
import { metricKind, requestMetrics, turnMetrics, type MetricName } from '../../metrics.ts';
import { formatDuration } from '../../quantities.ts';
import type { ValueProblem } from '../explain.ts';
import type { RequestUser, ScenarioFile, Threshold, Turn, VoiceUser } from '../file.ts';
import { executorsOf, plannedMs } from '../load.ts';
import { requestersOf, stepName, stepsOf, type PlacedStep } from '../steps.ts';
import { requestUsersOf, voiceUsersOf } from '../users.ts';
import type { Path } from './words.ts';

type Where = NonNullable<Threshold['where']>;
type Found = { key: keyof Threshold | keyof Where; why: string } | null;

const callsToo: ReadonlySet<MetricName> = new Set<MetricName>(['dns', 'tcp', 'tls']);
const ofSteps: ReadonlySet<MetricName> = new Set<MetricName>([
  ...requestMetrics,
  'request_success', 'check_success', 'requests', 'requests_failed', 'requests_timed_out', 'retries',
  'checks_failed', 'requests_per_second',
]); // prettier-ignore

/** A step with the users entry it is of. */
interface AskedStep {
  placed: PlacedStep;
  user: RequestUser;
}

function isMeant({ step, phase, group }: PlacedStep, where: Where): boolean {
  return (
    (where.step === undefined || where.step === stepName(step)) &&
    (where.phase === undefined || where.phase === phase) &&
    (where.group === undefined || where.group === group)
  );
}

/** A scenario with its steps at hand: thresholds may be many. */
interface Looked {
  file: ScenarioFile;
  asked: AskedStep[];
  staged: PlacedStep[];
}

function lookedAt(file: ScenarioFile): Looked {
  const asked: AskedStep[] = [];
  const staged: PlacedStep[] = [];
  for (const { requester, path, stage } of requestersOf(file)) {
    const steps = stepsOf(requester, path);
    const user = stage === null ? requestUsersOf(file).find((one) => one === requester) : undefined;
    if (user === undefined) staged.push(...steps);
    else asked.push(...steps.map((placed) => ({ placed, user })));
  }
  return { file, asked, staged };
}

function stepsMeant({ asked }: Looked, where: Where): AskedStep[] {
  return asked.filter(
    ({ placed, user }) => (where.user === undefined || where.user === user.name) && isMeant(placed, where),
  );
}

/** `of step "a" and phase "b"`, as far as it is said; empty where nothing is. */
function saidOf(where: Where): string {
  const parts = (['user', 'step', 'phase', 'group', 'conversation', 'turn'] as const).flatMap((key) =>
    where[key] === undefined ? [] : [`${key} ${JSON.stringify(where[key])}`],
  );
  return parts.length === 0 ? '' : ` of ${parts.join(' and ')}`;
}

function firstKey(where: Where): keyof Where | 'metric' {
  return (['step', 'phase', 'group', 'user'] as const).find((key) => where[key] !== undefined) ?? 'metric';
}

function noSteps({ staged }: Looked, where: Where): Found {
  const key = firstKey(where);
  return where.user === undefined && staged.some((placed) => isMeant(placed, where))
    ? { key, why: `only set-up and tear-down make requests${saidOf(where)}, which count in no threshold` }
    : { key, why: `no users make a request${saidOf(where)}` };
}

/** What a step needs to have for a metric, and how that is said of none of them. */
const needed: Partial<Record<MetricName, { has: (asked: AskedStep) => boolean; lack: string }>> = {
  first_token: { has: streams, lack: 'has "stream", or "token" where it is a call' },
  tokens_per_second: { has: streams, lack: 'has "stream", or "token" where it is a call' },
  first_audio: {
    has: ({ placed: { step } }) => 'rpc' in step && step.first_audio !== undefined,
    lack: 'is a call of gRPC with "first_audio"',
  },
  final_result: {
    has: ({ placed: { step } }) => 'rpc' in step && step.audio !== undefined,
    lack: 'is a call of gRPC with "audio"',
  },
  check_success: { has: checks, lack: 'has "checks"' },
  checks_failed: { has: checks, lack: 'has "checks"' },
  retries: {
    has: ({ placed, user }) => (placed.step.retries ?? user.retries).attempts > 0,
    lack: 'is made again ("retries": { attempts: … })',
  },
};

function streams({ placed: { step } }: AskedStep): boolean {
  return 'rpc' in step ? step.token !== undefined : step.stream !== undefined;
}

function checks({ placed }: AskedStep): boolean {
  return placed.step.checks.length > 0;
}

function ofRequests(looked: Looked, { metric, where = {} }: Threshold): Found {
  const ofParts = where.step !== undefined || where.phase !== undefined || where.group !== undefined;
  if (!ofSteps.has(metric) || (callsToo.has(metric) && !ofParts)) return null;
  const steps = stepsMeant(looked, where);
  if (steps.length === 0) return noSteps(looked, where);
  const need = needed[metric];
  if (need === undefined || steps.some(need.has)) return null;
  const what = saidOf(where);
  return { key: 'metric', why: `no request${what === '' ? ' of these users' : what} ${need.lack}` };
}

/** The turns of a call of a conversation by their number; null: they lie in a folder. */
function turnsOf(user: VoiceUser, turns: Turn[] | undefined): (Turn | null)[] | null {
  if (turns === undefined)
    return user.turns_per_call === undefined ? null : new Array<null>(user.turns_per_call).fill(null);
  const count = user.turns_per_call ?? turns.length;
  return Array.from({ length: count }, (_, i) => turns[i % turns.length] ?? null);
}

const ofEachTurn: ReadonlySet<MetricName> = new Set<MetricName>([
  ...turnMetrics,
  'turn_success', 'barge_in_success', 'turns_ok', 'turns_failed', 'turns_timed_out', 'turns_ambiguous',
]); // prettier-ignore
const ofInterruptions: ReadonlySet<MetricName> = new Set<MetricName>(['barge_in', 'barge_in_success']);

function ofTurns(file: ScenarioFile, { metric, where = {} }: Threshold): Found {
  if (!ofEachTurn.has(metric)) return null;
  const users = voiceUsersOf(file).filter(({ name }) => where.user === undefined || where.user === name);
  const calls = users.flatMap((user) =>
    user.conversations.flatMap(({ name, turns }) =>
      where.conversation === undefined || where.conversation === name ? [turnsOf(user, turns)] : [],
    ),
  );
  const { turn: at } = where;
  if (where.user !== undefined && where.conversation !== undefined && users.length > 0 && calls.length === 0)
    return {
      key: 'conversation',
      why: `${where.user} have no conversation ${JSON.stringify(where.conversation)}`,
    };
  const known = calls.flatMap((call) => (call === null ? [] : [call]));
  if (at !== undefined && known.length > 0 && known.length === calls.length) {
    const most = known.reduce((longest, call) => Math.max(longest, call.length), 0);
    if (most < at)
      return { key: 'turn', why: `a call has ${most === 1 ? 'one turn' : `at most ${most} turns`}` };
  }
  if (!ofInterruptions.has(metric) || calls.length === 0) return null;
  const interrupts = calls.some(
    (call) =>
      call?.some(
        (turn, i) => (at === undefined || at === i + 1) && (turn?.barge_in?.probability ?? 0) > 0,
      ) === true,
  );
  return interrupts ? null : { key: 'metric', why: `no turn${saidOf(where)} has "barge_in"` };
}

function ofTheLoad(file: ScenarioFile, { metric }: Threshold): Found {
  const executors = executorsOf(file);
  if (metric === 'calls_held' && !executors.includes('breaking-point'))
    return { key: 'metric', why: 'only a search for the breaking point (executor: breaking-point) finds it' };
  return metric === 'arrivals_dropped' && !executors.some((executor) => executor.endsWith('arrival-rate'))
    ? { key: 'metric', why: 'only a load with a rate of arrivals drops any' }
    : null;
}

/** Nothing of the load is within its period, and after its warm-up and `after`. */
function ofItsTime(file: ScenarioFile, { where, after }: Threshold): Found {
  const planned = plannedMs(file);
  const load = `the load (${formatDuration(planned)})`;
  if (after >= planned) return { key: 'after', why: `${formatDuration(after)} is not shorter than ${load}` };
  const period = file.periods.find(({ name }) => name === where?.period);
  if (period === undefined) return null;
  const name = JSON.stringify(period.name);
  if (period.from >= planned)
    return {
      key: 'period',
      why: `period ${name} begins at ${formatDuration(period.from)}, when ${load} is over`,
    };
  const counted = Math.max(after, file.warm_up);
  if (period.to > counted) return null;
  const what = after >= file.warm_up ? '"after"' : 'the warm-up';
  return {
    key: 'period',
    why: `period ${name} ends at ${formatDuration(period.to)}, not after ${what} (${formatDuration(counted)})`,
  };
}

const inWhere: ReadonlySet<string> = new Set([
  'turn',
  'conversation',
  'user',
  'step',
  'phase',
  'group',
  'period',
]);

function warning(threshold: Threshold, i: number, { key, why }: NonNullable<Found>): ValueProblem {
  const path: Path = ['thresholds', i, ...(inWhere.has(key) ? ['where', key] : [key])];
  const { metric, stat } = threshold;
  const name = metricKind(metric) === 'latency' ? `${metric} ${stat}` : metric;
  const message =
    stat === 'count' && metric !== 'calls_held'
      ? `${name} is always 0: ${why}`
      : `${name} has nothing to be judged by: ${why}; without a value it fails`;
  return { path, message };
}

/** Thresholds that are judged and can have no sample. */
export function thresholdsWithoutSamples(file: ScenarioFile): ValueProblem[] {
  const looked = lookedAt(file);
  return file.thresholds.flatMap((threshold, i) => {
    if (!threshold.enabled) return [];
    const found =
      ofRequests(looked, threshold) ??
      ofTurns(file, threshold) ??
      ofTheLoad(file, threshold) ??
      ofItsTime(file, threshold);
    return found === null ? [] : [warning(threshold, i, found)];
  });
}

/** Periods in which nothing happens. */
export function periodsAfterTheLoad(file: ScenarioFile): ValueProblem[] {
  const planned = plannedMs(file);
  return file.periods.flatMap(({ name, from }, i) =>
    from < planned
      ? []
      : [
          {
            path: ['periods', i, 'from'],
            message: `period ${JSON.stringify(name)} begins at ${formatDuration(from)}, when the load (${formatDuration(planned)}) is over: nothing is in it`,
          },
        ],
  );
}
