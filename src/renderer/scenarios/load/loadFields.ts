/** The fields of each executor, in their order, with the format's defaults. */
import { inWords, type LoadWords } from './loadWords.ts';
import type { Executor } from './readLoad.ts';

export interface LoadField {
  key: string;
  kind: 'number' | 'duration';
  label: string;
  /** What holds when it is left out; absent: it must be given. */
  fallback?: string;
  about?: string;
}

const users: LoadField = { key: 'users', kind: 'number', label: 'Users' };
const duration: LoadField = { key: 'duration', kind: 'duration', label: 'Duration' };
const maxDuration: LoadField = {
  key: 'max_duration',
  kind: 'duration',
  label: 'At most',
  fallback: '10m',
  about: 'Calls that have not begun by then are not made',
};
const per: LoadField = {
  key: 'per',
  kind: 'duration',
  label: 'Per',
  fallback: '1s',
  about: 'What the rate is of: so many calls in this time',
};
const maxUsers: LoadField = {
  key: 'max_users',
  kind: 'number',
  label: 'Most calls at once',
  about: 'An arrival beyond it is dropped, and counted',
};
const gracefulStop: LoadField = {
  key: 'graceful_stop',
  kind: 'duration',
  label: 'Graceful stop',
  fallback: '30s',
  about: 'How long turns may take to end when the load is over',
};

const own: Record<Executor, LoadField[]> = {
  short: [
    users,
    {
      key: 'spawn_rate',
      kind: 'number',
      label: 'Users per second',
      fallback: 'all at once',
      about: 'How fast they come at the start',
    },
    duration,
  ],
  'constant-vus': [users, duration],
  'ramping-vus': [
    {
      key: 'start_users',
      kind: 'number',
      label: 'Users at the start',
      fallback: '0',
    },
  ],
  'constant-arrival-rate': [{ key: 'rate', kind: 'number', label: 'Calls' }, per, duration, maxUsers],
  'ramping-arrival-rate': [
    { key: 'start_rate', kind: 'number', label: 'Calls at the start', fallback: '0' },
    per,
    maxUsers,
  ],
  'shared-iterations': [users, { key: 'iterations', kind: 'number', label: 'Calls altogether' }, maxDuration],
  'per-vu-iterations': [
    users,
    { key: 'iterations', kind: 'number', label: 'Calls for each user' },
    maxDuration,
  ],
  'breaking-point': [
    {
      key: 'hold',
      kind: 'duration',
      label: 'Hold each step',
      about: 'Thresholds are judged on the turns that begin while a step is held',
    },
    {
      key: 'resolution',
      kind: 'number',
      label: 'Search down to',
      fallback: 'a tenth',
      about: 'The search ends when the last good and the first bad number are at most so many users apart',
    },
    {
      key: 'spawn_rate',
      kind: 'number',
      label: 'Users per second',
      fallback: 'within 10 s',
      about: 'How fast the users of the next step come',
    },
  ],
};

/** An arrival of callers that finds no place is dropped; one of users that make requests waits for it. */
function ofRequests(field: LoadField, words: LoadWords): LoadField {
  if (field !== maxUsers || !words.requests) return field;
  return {
    ...field,
    label: 'Most users at once',
    about: words.calls
      ? 'An arrival beyond it waits, and its wait counts; one of callers is dropped'
      : 'An arrival beyond it waits for a free user, and its wait counts',
  };
}

/** The fields of an executor, but for its stages and steps, in the words of its load. */
export function fieldsOf(executor: Executor, words: LoadWords): LoadField[] {
  return [...own[executor], gracefulStop].map((field) => {
    const { label, about, ...rest } = ofRequests(field, words);
    return {
      ...rest,
      label: inWords(label, words),
      ...(about === undefined
        ? {}
        : { about: inWords(words.calls ? about : about.replace(/\bturns\b/, 'iterations'), words) }),
    };
  });
}
