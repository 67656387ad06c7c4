/** The environment variables of the Locust tool for this job: each has its place in the scenario. */
import { basename, resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import { valueAt, type ValuePath } from '#contract/scenario/shape';
import type { Override, OverrideStep } from './override.ts';
import { aim, defaultTarget } from './target.ts';

/** What a variable's text means, or what it must be instead. */
type Read = (text: string) => { value: unknown } | { must: string };

const wholeNumber =
  (least: number): Read =>
  (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= least
      ? { value: Number(text) }
      : { must: `be a whole number of at least ${least}` };

const oneOf =
  (...allowed: number[]): Read =>
  (text) =>
    allowed.includes(Number(text)) && /^\d+$/.test(text)
      ? { value: Number(text) }
      : { must: `be ${allowed.join(' or ')}` };

const milliseconds: Read = (text) =>
  /^\d{1,9}(\.\d+)?$/.test(text) ? { value: `${text}ms` } : { must: 'be a number of milliseconds, like 400' };

const seconds: Read = (text) =>
  /^\d{1,6}(\.\d+)?$/.test(text) ? { value: `${text}s` } : { must: 'be a number of seconds, like 5.0' };

const words: Read = (text) => {
  const found = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  return found.length > 0
    ? { value: found }
    : { must: 'be words separated by commas, like final,end,completed' };
};

const closeCodes: Read = (text) => {
  if (/^(true|1|yes|on)$/i.test(text)) return { value: [1000, 1001, 1006] };
  return /^(false|0|no|off)$/i.test(text) ? { value: [] } : { must: 'be true or false' };
};

const folder: Read = (text) => {
  const path = resolve(text);
  return { value: [{ name: basename(path) || 'recordings', clips: path }] };
};

/** Where each variable goes: a path of the scenario, or one of every users entry. */
const variables: Record<string, { read: Read; path: ValuePath } | { read: Read; ofUsers: ValuePath }> = {
  PCM_DIR: { read: folder, ofUsers: ['conversations'] },
  TURNS_PER_USER: { read: wholeNumber(1), ofUsers: ['turns_per_call'] },
  CHUNKS_PER_TURN: { read: wholeNumber(1), path: ['audio', 'max_chunks'] },
  CHUNK_MS: { read: milliseconds, path: ['audio', 'chunk'] },
  FIRST_BYTE_TIMEOUT_SEC: { read: seconds, ofUsers: ['timeouts', 'first_byte'] },
  TURN_TIMEOUT_SEC: { read: seconds, ofUsers: ['timeouts', 'turn'] },
  PAUSE_BETWEEN_TURNS_SEC: { read: seconds, ofUsers: ['pause_between_turns'] },
  BARGE_QUIET_MS: { read: milliseconds, ofUsers: ['timeouts', 'quiet_gap'] },
  RESPONSE_TOKENS: { read: words, ofUsers: ['markers', 'response'] },
  END_TOKENS: { read: words, ofUsers: ['markers', 'end'] },
  WS_IGNORE_CLOSE_EXCEPTIONS: { read: closeCodes, ofUsers: ['benign_close_codes'] },
  SAMPLE_RATE: { read: oneOf(16_000, 24_000), path: ['audio', 'sample_rate'] },
  BYTES_PER_SAMPLE: { read: oneOf(2), path: ['audio', 'sample_width'] },
  CHANNELS: { read: oneOf(1), path: ['audio', 'channels'] },
};

/** Every variable that is looked at, for help texts. */
export const environmentVariableNames = ['WS_URL', ...Object.keys(variables)];

/** Users entries that are callers, by index: the tool knows no others. */
function callersIn(scenario: unknown): number[] {
  const users = valueAt(scenario, ['users']);
  if (!Array.isArray(users)) return [];
  return users.flatMap((user: unknown, i) => {
    const kind = valueAt(user, ['kind']);
    return kind === 'http' || kind === 'grpc' ? [] : [i];
  });
}

function overrideOf(name: string, text: string, scenario: unknown): Result<Override> {
  if (name === 'WS_URL') return aim(scenario, name, defaultTarget, text);
  const variable = variables[name];
  const read = variable?.read(text);
  if (!variable || !read || 'must' in read) {
    const must = read && 'must' in read ? read.must : 'be unset';
    return fail(
      'invalid_input',
      'invalid_variable',
      `The environment variable ${name} is ${JSON.stringify(text)}; it must ${must}. Correct it, unset it, or run with --ignore-env.`,
    );
  }
  if ('path' in variable) return ok({ origin: name, places: [{ path: variable.path, value: read.value }] });
  const places = callersIn(scenario).map((i) => ({
    path: ['users', i, ...variable.ofUsers],
    value: read.value,
  }));
  return ok({ origin: name, places, place: `users[*].${variable.ofUsers.join('.')}` });
}

/** The variables that are set (an empty one counts as unset), as overrides. Error: `invalid_variable`, `no_such_target`. */
export function environmentVariableSteps(variablesSet: Record<string, string | undefined>): OverrideStep[] {
  return environmentVariableNames.flatMap((name): OverrideStep[] => {
    const text = variablesSet[name]?.trim() ?? '';
    if (text === '') return [];
    return [
      (scenario) => {
        // In a scenario of requests alone they are meant for something else.
        if (callersIn(scenario).length === 0) return ok([]);
        const made = overrideOf(name, text, scenario);
        return made.ok ? ok([made.value]) : made;
      },
    ];
  });
}
