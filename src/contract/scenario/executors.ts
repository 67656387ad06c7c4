/** The load of a scenario as it is written: k6's executors, the search for the breaking point, and the short form. */
import { z } from 'zod';
import { Duration, PositiveDuration } from '../quantities.ts';
import { executors, mostRate, mostUsers } from './executorNames.ts';
import { Count, PositiveInt } from './words.ts';

/** No run takes longer: a slip of the pen. */
const longestLoadMs = 31 * 24 * 3_600_000;
const tooLong = 'must be at most 744h (31 days)';
const Users = PositiveInt.max(mostUsers, `must be at most ${mostUsers}`);
const RampTarget = Count.max(mostUsers, `must be at most ${mostUsers}`);
const LoadDuration = PositiveDuration.refine((ms) => ms <= longestLoadMs, tooLong);
const StageDuration = Duration.refine((ms) => ms <= longestLoadMs, tooLong);
const Rate = z.number().min(0, 'must not be negative').max(mostRate, `must be at most ${mostRate}`);
const PositiveRate = z.number().positive('must be above 0').max(mostRate, `must be at most ${mostRate}`);
const Iterations = PositiveInt.max(10_000_000, 'must be at most 10000000');

/** One entry of a ramp of users: how many, reached over how long. */
export const Stage = z.strictObject({ target: RampTarget, duration: StageDuration });

/** One entry of a ramp of arrivals: how many each `per`, reached over how long. */
const RateStage = z.strictObject({ target: Rate, duration: StageDuration });

const graceful = { graceful_stop: Duration.default(30_000) };
const per = { per: LoadDuration.default(1000) };
const oneStage = 'needs at least one stage';
const maxDuration = { max_duration: LoadDuration.default(600_000) };

const ShortLoad = z.strictObject({
  users: Users,
  spawn_rate: z.number().positive('must be above 0').optional(),
  duration: LoadDuration,
  ...graceful,
});
const ConstantVus = z.strictObject({
  executor: z.literal('constant-vus'),
  users: Users,
  duration: LoadDuration,
  ...graceful,
});
const RampingVus = z.strictObject({
  executor: z.literal('ramping-vus'),
  start_users: RampTarget.default(0),
  stages: z.array(Stage).min(1, oneStage),
  ...graceful,
});
const ConstantArrivalRate = z.strictObject({
  executor: z.literal('constant-arrival-rate'),
  rate: PositiveRate,
  ...per,
  duration: LoadDuration,
  max_users: Users,
  ...graceful,
});
const RampingArrivalRate = z.strictObject({
  executor: z.literal('ramping-arrival-rate'),
  start_rate: Rate.default(0),
  ...per,
  stages: z.array(RateStage).min(1, oneStage),
  max_users: Users,
  ...graceful,
});
const SharedIterations = z.strictObject({
  executor: z.literal('shared-iterations'),
  users: Users,
  iterations: Iterations,
  ...maxDuration,
  ...graceful,
});
const PerVuIterations = z.strictObject({
  executor: z.literal('per-vu-iterations'),
  users: Users,
  iterations: Iterations,
  ...maxDuration,
  ...graceful,
});
const BreakingPoint = z
  .strictObject({
    executor: z.literal('breaking-point'),
    /** Numbers of users, rising. */
    steps: z.array(Users).min(1, 'needs at least one step'),
    /** How long each is held once its users have come. */
    hold: LoadDuration,
    /** The search ends when the last good and the first bad number are at most this far apart; left out: a tenth of the good one. */
    resolution: PositiveInt.optional(),
    /** Users added each second between steps; left out: a step's users come within ten seconds. */
    spawn_rate: z.number().positive('must be above 0').optional(),
    ...graceful,
  })
  .refine((load) => load.steps.every((step, i) => step > (load.steps[i - 1] ?? 0)), {
    message: 'must rise from each step to the next',
    path: ['steps'],
  });

/** What stands after `executor:` when it is none of those supported. */
function executorProblem(load: unknown): string {
  const given: unknown =
    typeof load === 'object' && load !== null && 'executor' in load ? load.executor : load;
  const all = `${executors.slice(0, -1).join(', ')} or ${executors.at(-1) ?? ''}`;
  return `${JSON.stringify(given)} is not an executor; it must be ${all}, or left out for the short form (users, spawn_rate, duration)`;
}

export const Load = z.union(
  [
    ShortLoad,
    z.discriminatedUnion(
      'executor',
      [
        ConstantVus,
        RampingVus,
        ConstantArrivalRate,
        RampingArrivalRate,
        SharedIterations,
        PerVuIterations,
        BreakingPoint,
      ],
      { error: (issue) => executorProblem(issue.input) },
    ),
  ],
  { error: 'must be a load like { users: 20, spawn_rate: 5, duration: 5m }, or one with an executor' },
);
export type Load = z.output<typeof Load>;
