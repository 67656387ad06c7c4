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
export const Stage = z.strictObject({
  target: RampTarget.describe('Users at the end of the stage.'),
  duration: StageDuration.describe('How long it takes to come to that number; 0s is at once.'),
});

/** One entry of a ramp of arrivals: how many each `per`, reached over how long. */
const RateStage = z.strictObject({
  target: Rate.describe('Arrivals each "per" at the end of the stage.'),
  duration: StageDuration.describe('How long it takes to come to that rate; 0s is at once.'),
});

const graceful = {
  graceful_stop: Duration.default(30_000).describe(
    'How long calls may go on when the load is over before they are cut off.',
  ),
};
const per = { per: LoadDuration.default(1000).describe('The time a rate counts arrivals in.') };
const oneStage = 'needs at least one stage';
const maxDuration = {
  max_duration: LoadDuration.default(600_000).describe(
    'The longest it may take; what is left then is not made.',
  ),
};
const users = { users: Users.describe('Calls at once.') };
const duration = { duration: LoadDuration.describe('How long calls are made.') };
const maxUsers = {
  max_users: Users.describe('Most calls at once; an arrival beyond it is dropped and counted.'),
};

const ShortLoad = z.strictObject({
  ...users,
  spawn_rate: z
    .number()
    .positive('must be above 0')
    .optional()
    .describe('Users added each second at the beginning; left out: all at once.'),
  ...duration,
  ...graceful,
});
const ConstantVus = z.strictObject({
  executor: z.literal('constant-vus').describe('So many users all the time.'),
  ...users,
  ...duration,
  ...graceful,
});
const RampingVus = z.strictObject({
  executor: z.literal('ramping-vus').describe('A number of users that goes up and down in stages.'),
  start_users: RampTarget.default(0).describe('Users at the beginning of the first stage.'),
  stages: z
    .array(Stage)
    .min(1, oneStage)
    .describe('One after the other, each from where the last one ended.'),
  ...graceful,
});
const ConstantArrivalRate = z.strictObject({
  executor: z
    .literal('constant-arrival-rate')
    .describe('So many calls begin in a time, whatever became of those before.'),
  rate: PositiveRate.describe('Calls that begin each "per".'),
  ...per,
  ...duration,
  ...maxUsers,
  ...graceful,
});
const RampingArrivalRate = z.strictObject({
  executor: z.literal('ramping-arrival-rate').describe('Arrivals at a rate that goes up and down in stages.'),
  start_rate: Rate.default(0).describe('Arrivals each "per" at the beginning of the first stage.'),
  ...per,
  stages: z
    .array(RateStage)
    .min(1, oneStage)
    .describe('One after the other, each from where the last one ended.'),
  ...maxUsers,
  ...graceful,
});
const SharedIterations = z.strictObject({
  executor: z.literal('shared-iterations').describe('A number of calls, shared between the users.'),
  ...users,
  iterations: Iterations.describe('Calls altogether.'),
  ...maxDuration,
  ...graceful,
});
const PerVuIterations = z.strictObject({
  executor: z.literal('per-vu-iterations').describe('A number of calls by every user.'),
  ...users,
  iterations: Iterations.describe('Calls of each user.'),
  ...maxDuration,
  ...graceful,
});
const BreakingPoint = z
  .strictObject({
    executor: z
      .literal('breaking-point')
      .describe('Rising numbers of users until the thresholds fail, then a finer search.'),
    steps: z
      .array(Users)
      .min(1, 'needs at least one step')
      .describe('Numbers of users, rising, like [50, 100, 200, 500].'),
    hold: LoadDuration.describe('How long each number is held once its users have come.'),
    resolution: PositiveInt.optional().describe(
      'The search ends when the last good and the first bad number are at most this far apart; left out: a tenth of the good one.',
    ),
    spawn_rate: z
      .number()
      .positive('must be above 0')
      .optional()
      .describe(
        'Users added each second between steps; left out: the users of a step come within ten seconds.',
      ),
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

/** Keys of a users entry that has a load of its own. */
export const ownLoadShape = {
  load: Load.optional().describe(
    'Their own load, when the scenario has none for all; weight then says nothing.',
  ),
  start_after: Duration.default(0).describe('How long after the start of the run their own load begins.'),
};
