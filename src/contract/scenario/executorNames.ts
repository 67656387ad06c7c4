/** The executors by name, without schemas, and what a load may ask for at most. */

export const executors = [
  'constant-vus',
  'ramping-vus',
  'constant-arrival-rate',
  'ramping-arrival-rate',
  'shared-iterations',
  'per-vu-iterations',
  'breaking-point',
] as const;
export type ExecutorName = (typeof executors)[number];

/** Beyond these a number is a slip of the pen: no machine holds as many calls, or begins as many. */
export const mostUsers = 100_000;
export const mostRate = 1_000_000;
