/** What must hold between the parts of a scenario, beyond the shape of each. Needs no disk. */
import type { Conversation, InlineEnvironment, ScenarioFile, VoiceUser } from './file.ts';
import { practiceEnvironment } from './file.ts';
import type { ValueProblem } from './explain.ts';
import { profileDurationMs, toVuProfile } from './load.ts';
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
  const conversations = file.users.flatMap((user) => user.conversations.map((c) => c.name));
  const periods = file.periods.map((period) => period.name);
  return file.thresholds.flatMap((row, i) => {
    const check = (key: 'user' | 'conversation' | 'period', known: string[]): ValueProblem[] => {
      const name = row.where?.[key];
      if (name === undefined || known.includes(name)) return [];
      const message = `there is no ${key} ${JSON.stringify(name)} in this scenario${meant(name, known)}`;
      return [{ path: ['thresholds', i, 'where', key], message }];
    };
    return [...check('user', users), ...check('conversation', conversations), ...check('period', periods)];
  });
}

function environmentName(environment: string | InlineEnvironment): ValueProblem[] {
  if (typeof environment !== 'string' || environment === practiceEnvironment) return [];
  const message =
    `there is no environment ${JSON.stringify(environment)}; the one that exists is "${practiceEnvironment}" ` +
    '(the built-in agent), or write the address in place: environment: { url: wss://host/path }';
  return [{ path: ['environment'], message }];
}

/** Where a placeholder is filled in; anywhere else it would be sent as it stands. */
function mayHoldPlaceholder(path: Path): boolean {
  const at = path[1] === 'targets' ? path.slice(3) : path.slice(1);
  return path[0] === 'environment' && (at[0] === 'url' || at[0] === 'headers' || at[0] === 'tls');
}

/** Checks every `${…}` of the scenario as written (before parsing). */
export function placeholderProblems(value: unknown, path: Path = []): ValueProblem[] {
  if (typeof value === 'string') {
    const { found, problem } = placeholdersIn(value);
    const first = found[0];
    if (mayHoldPlaceholder(path)) return problem === null ? [] : [{ path, message: problem }];
    if (first === undefined) return [];
    const message = `${first.text} is filled in only in an environment's url, headers and tls`;
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
  const plannedMs = profileDurationMs(toVuProfile(file.load));
  const warmUp: ValueProblem[] =
    file.warm_up > 0 && file.warm_up >= plannedMs
      ? [
          {
            path: ['warm_up'],
            message:
              `${formatDuration(file.warm_up)} is not shorter than the load (${formatDuration(plannedMs)}), ` +
              'so nothing would be measured',
          },
        ]
      : [];
  return [
    ...environmentName(file.environment),
    ...duplicates(file.users, ['users'], 'users entry'),
    ...targets(file),
    ...file.users.flatMap((user, i) => [
      ...duplicates(user.conversations, ['users', i, 'conversations'], 'conversation'),
      ...user.conversations.flatMap((conversation, j) =>
        shortened(i) ? [] : lastTurn(conversation, user, ['users', i, 'conversations', j]),
      ),
    ]),
    ...warmUp,
    ...duplicates(file.periods, ['periods'], 'period'),
    ...thresholds(file),
  ];
}
