/** What each executor is called where one is chosen, and what it does, in a sentence. */
import type { Executor } from './readLoad.ts';

export interface ExecutorWords {
  executor: Executor;
  title: string;
  text: string;
}

/** In the order in which they are offered. */
export const executorWords: readonly ExecutorWords[] = [
  {
    executor: 'short',
    title: 'Users (short form)',
    text: 'So many users come one after the other and go on until the time is over.',
  },
  {
    executor: 'constant-vus',
    title: 'Constant users',
    text: 'The same number of users from the first to the last second.',
  },
  {
    executor: 'ramping-vus',
    title: 'Ramping users',
    text: 'The number of users follows the stages.',
  },
  {
    executor: 'constant-arrival-rate',
    title: 'Constant arrival rate',
    text: 'Calls begin at one rate, whatever became of those before.',
  },
  {
    executor: 'ramping-arrival-rate',
    title: 'Ramping arrival rate',
    text: 'Calls begin at a rate that follows the stages.',
  },
  {
    executor: 'shared-iterations',
    title: 'Shared calls',
    text: 'So many calls altogether: whichever user is free takes the next.',
  },
  {
    executor: 'per-vu-iterations',
    title: 'Calls for each user',
    text: 'Every user makes so many calls, then leaves.',
  },
  {
    executor: 'breaking-point',
    title: 'Breaking point',
    text: 'Rising numbers of users, each held, until the thresholds fail; then a finer search.',
  },
];
