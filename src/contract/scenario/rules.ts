/** What must hold between the parts of a scenario, beyond the shape of each. Needs no disk. */
import type { Conversation, ScenarioFile, Threshold, VoiceUser } from './file.ts';
import { voiceUsersOf } from './users.ts';
import type { ValueProblem } from './explain.ts';
import { arrivalsInAll, loadsOf, peakUsers, plannedMs } from './load.ts';
import { practiceEnvironment } from './environment.ts';
import { nearest } from './nearest.ts';
import { placeholdersIn } from './placeholders.ts';
import { formatDuration } from '../quantities.ts';

type Path = (string | number)[];

function names(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(', ');
}

function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean ${JSON.stringify(near)}?`;
}

function duplicates(entries: readonly { name: string }[], path: Path, what: string): ValueProblem[] {
  return entries.flatMap((entry, i) => {
    const first = entries.findIndex((other) => other.name === entry.name);
    return first === i
      ? []
      : [
          {
            path: [...path, i, 'name'],
            message: `${JSON.stringify(entry.name)} is the name of another ${what} already; results are told apart by it`,
          },
        ];
  });
}

function lastTurn(conversation: Conversation, user: VoiceUser, path: Path): ValueProblem[] {
  const turns = conversation.turns;
  if (!turns) return [];
  const perCall = user.turns_per_call ?? turns.length;
  const last = (perCall - 1) % turns.length;
  const bargeIn = turns[last]?.barge_in;
  if (!bargeIn || bargeIn.say !== undefined || bargeIn.clip !== undefined) return [];
  const why = user.turns_per_call === undefined ? '' : ` (turns_per_call is ${user.turns_per_call})`;
  return [
    {
      path: [...path, 'turns', last, 'barge_in'],
      message:
        `turn ${last + 1} of ${JSON.stringify(conversation.name)} is the last one of a call${why}, ` +
        'so no next utterance interrupts its answer; give barge_in a "say" or "clip" of its own',
    },
  ];
}

function targets(file: ScenarioFile): ValueProblem[] {
  // Those of a named environment are known where its file is read.
  if (typeof file.environment === 'string' && file.environment !== practiceEnvironment) return [];
  const known = typeof file.environment === 'string' ? ['default'] : Object.keys(file.environment.targets);
  return file.users.flatMap((user, i) =>
    known.includes(user.target)
      ? []
      : [
          {
            path: ['users', i, 'target'],
            message: `the environment has no target ${JSON.stringify(user.target)}; it has ${names(known)}`,
          },
        ],
  );
}

function thresholds(file: ScenarioFile): ValueProblem[] {
  const users = file.users.map((user) => user.name);
  const conversations = voiceUsersOf(file).flatMap((user) => user.conversations.map((c) => c.name));
  const periods = file.periods.map((period) => period.name);
  return file.thresholds.flatMap((row, i) => {
    const check = (key: 'user' | 'conversation' | 'period', known: string[]): ValueProblem[] => {
      const name = row.where?.[key];
      if (name === undefined || known.includes(name)) return [];
      const message = `there is no ${key} ${JSON.stringify(name)} in this scenario${meant(name, known)}`;
      return [{ path: ['thresholds', i, 'where', key], message }];
    };
    return [
      ...check('user', users),
      ...check('conversation', conversations),
      ...check('period', periods),
      ...ofTheLoad(row, i),
    ];
  });
}

/** What is counted of a load is counted of all of it. */
function ofTheLoad({ metric, where = {} }: Threshold, i: number): ValueProblem[] {
  if (metric !== 'calls_held' && metric !== 'arrivals_dropped') return [];
  return (['turn', 'conversation', 'user'] as const)
    .filter((key) => where[key] !== undefined)
    .map((key) => ({
      path: ['thresholds', i, 'where', key],
      message: `${metric} is counted for the whole load, not by ${key}`,
    }));
}

function loads(file: ScenarioFile): ValueProblem[] {
  const problems: ValueProblem[] = [];
  if (file.load === undefined) {
    const none = file.users.every((user) => user.load === undefined);
    if (none) return [{ path: [], message: '"load" is missing' }];
    file.users.forEach((user, i) => {
      if (user.load !== undefined) return;
      const message = 'has no load, and the scenario has none for all; give it one, or write one for all';
      problems.push({ path: ['users', i], message });
    });
  }
  file.users.forEach((user, i) => {
    if (file.load !== undefined && user.load !== undefined) {
      const message = 'the scenario has a load for all already; remove that one or this one';
      problems.push({ path: ['users', i, 'load'], message });
    }
    if (user.start_after > 0 && user.load === undefined) {
      const message = 'is for a users entry with a load of its own';
      problems.push({ path: ['users', i, 'start_after'], message });
    }
  });
  const all = loadsOf(file);
  for (const { load, profile, users } of all) {
    const path: Path = file.load === undefined ? ['users', users[0] ?? 0, 'load'] : ['load'];
    if (profile.kind === 'breaking-point' && all.length > 1) {
      const message = 'a search for the breaking point must be the only load of a scenario';
      problems.push({ path: [...path, 'executor'], message });
    }
    if (profile.kind === 'breaking-point' && !file.thresholds.some(saysWhenItBreaks)) {
      const message = 'a search for the breaking point needs thresholds: they say when it is reached';
      problems.push({ path: [...path, 'executor'], message });
    }
    if (peakUsers(profile) === 0) {
      problems.push({ path, message: 'asks for no users at any moment' });
    }
    if (profile.kind === 'arrivals' && arrivalsInAll(profile) === 0) {
      const message = 'asks for no call: its rate does not come to a whole one in its duration';
      problems.push({ path, message });
    }
    if (profile.kind === 'users') continue;
    for (const i of users) {
      const user = file.users[i];
      const key = user?.kind === 'voice' ? 'calls_per_user' : 'iterations_per_user';
      const calls = user?.kind === 'voice' ? user.calls_per_user : user?.iterations_per_user;
      if (calls === undefined || calls === 'forever') continue;
      const executor = 'executor' in load ? load.executor : 'the load';
      const message = `a number goes with constant-vus and ramping-vus only; ${executor} says itself how many calls there are`;
      problems.push({ path: ['users', i, key], message });
    }
  }
  return problems;
}

/** Thresholds on the number of calls that is held only judge what was found. */
function saysWhenItBreaks({ enabled, metric }: Threshold): boolean {
  return enabled && metric !== 'calls_held';
}

const filledKeys = ['url', 'headers', 'tls', 'auth', 'proxy', 'subprotocol'];

/** Where a placeholder is filled in; anywhere else it would be sent as it stands. */
function mayHoldPlaceholder(path: Path): boolean {
  if (path[0] !== 'environment') return false;
  if (path[1] === 'resources')
    return path[2] === 'prometheus' && (path[4] === 'url' || path[4] === 'headers');
  const at = path[1] === 'targets' ? path.slice(3) : path.slice(1);
  return filledKeys.includes(String(at[0])) || path[1] === 'guard' || path[1] === 'variables';
}

/** Checks every `${…}` of the scenario as written (before parsing). */
export function placeholderProblems(value: unknown, path: Path = []): ValueProblem[] {
  if (typeof value === 'string') {
    const { found, problem } = placeholdersIn(value);
    const first = found[0];
    if (mayHoldPlaceholder(path)) return problem === null ? [] : [{ path, message: problem }];
    if (first === undefined) return [];
    const message = `${first.text} is filled in only in an environment: its addresses, headers, auth, tls, proxy, guard and variables`;
    return [{ path, message }];
  }
  if (Array.isArray(value)) return value.flatMap((entry, i) => placeholderProblems(entry, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => placeholderProblems(entry, [...path, key]));
}

/**
 * Everything that contradicts itself in a scenario whose shape is right. `shortened` names the users entries (by index)
 * whose turns_per_call was set for this run alone: an interruption that no longer has a next utterance then just does
 * not take place, or every `--set users[0].turns_per_call=2` would need an edit of the file.
 */
export function scenarioRules(
  file: ScenarioFile,
  shortened: (user: number) => boolean = () => false,
): ValueProblem[] {
  const planned = plannedMs(file);
  const warmUp: ValueProblem[] =
    file.warm_up > 0 && file.warm_up >= planned
      ? [
          {
            path: ['warm_up'],
            message:
              `${formatDuration(file.warm_up)} is not shorter than the load (${formatDuration(planned)}), ` +
              'so nothing would be measured',
          },
        ]
      : [];
  return [
    ...duplicates(file.users, ['users'], 'users entry'),
    ...targets(file),
    ...file.users.flatMap((user, i) =>
      user.kind !== 'voice'
        ? []
        : [
            ...duplicates(user.conversations, ['users', i, 'conversations'], 'conversation'),
            ...user.conversations.flatMap((conversation, j) =>
              shortened(i) ? [] : lastTurn(conversation, user, ['users', i, 'conversations', j]),
            ),
          ],
    ),
    ...loads(file),
    ...warmUp,
    ...duplicates(file.periods, ['periods'], 'period'),
    ...thresholds(file),
  ];
}
