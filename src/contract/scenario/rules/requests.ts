/** What must hold between the requests of a scenario, their checks and their names. */
import { grpcStatuses } from '../../requests.ts';
import { maskUrl } from '../../secrets.ts';
import type { ValueProblem } from '../explain.ts';
import type { ScenarioFile } from '../file.ts';
import type { Check } from '../request.ts';
import { nearest } from '../nearest.ts';
import {
  addressOf,
  methodOf,
  requestersOf,
  stepName,
  stepsOf,
  type PlacedStep,
  type Requester,
} from '../steps.ts';
import { duplicates, meant, type Path } from './words.ts';

/** Records name steps by a number of 16 bits; nobody reads so many either. */
const mostSteps = 10_000;

function expressionProblem(expression: string, path: Path): ValueProblem[] {
  try {
    new RegExp(expression);
    return [];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^Invalid regular expression: /, '') : '';
    return [{ path, message: `${JSON.stringify(expression)} is not a regular expression: ${why}` }];
  }
}

/** How many groups a regular expression has: an empty text is matched by it or nothing. */
function groupsOf(expression: string): number {
  try {
    return (new RegExp(`${expression}|`).exec('')?.length ?? 1) - 1;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function grpcStatusProblems(written: unknown, path: Path): ValueProblem[] {
  return [written].flat().flatMap((status, i): ValueProblem[] => {
    if (typeof status !== 'string' || (grpcStatuses as readonly string[]).includes(status.toUpperCase()))
      return [];
    const near = nearest(status, grpcStatuses);
    const message = `there is no gRPC status ${JSON.stringify(status)}${near === null ? ', like NOT_FOUND or UNAVAILABLE' : `; did you mean ${near}?`}`;
    return [{ path: Array.isArray(written) ? [...path, i] : path, message }];
  });
}

function checkProblems(check: Check, kind: Requester['kind'], path: Path): ValueProblem[] {
  if ('status' in check)
    return kind === 'http'
      ? []
      : [{ path: [...path, 'status'], message: 'a call of gRPC has no HTTP status; write grpc_status: OK' }];
  if ('grpc_status' in check)
    return kind === 'grpc'
      ? grpcStatusProblems(check.grpc_status, [...path, 'grpc_status'])
      : [
          {
            path: [...path, 'grpc_status'],
            message: 'an HTTP request has no gRPC status; write status: 200',
          },
        ];
  if ('body' in check && kind === 'grpc')
    return [
      { path: [...path, 'body'], message: 'a call of gRPC has no body but a message; write json: $.field' },
    ];
  const matches = 'body' in check ? check.body.matches : check.matches;
  const at = 'body' in check ? [...path, 'body', 'matches'] : [...path, 'matches'];
  return matches === undefined ? [] : expressionProblem(matches, at);
}

function extractProblems({ step, path }: PlacedStep, kind: Requester['kind']): ValueProblem[] {
  return Object.entries(step.extract).flatMap(([name, extract]): ValueProblem[] => {
    const at = [...path, 'extract', name];
    if (kind === 'grpc' && 'cookie' in extract)
      return [{ path: [...at, 'cookie'], message: 'a call of gRPC has no cookies' }];
    if (!('regex' in extract)) return [];
    if (kind === 'grpc')
      return [
        {
          path: [...at, 'regex'],
          message: 'a call of gRPC has no body to search; write a JSON path like $.field',
        },
      ];
    const broken = expressionProblem(extract.regex, [...at, 'regex']);
    const groups = groupsOf(extract.regex);
    if (broken.length > 0 || extract.group <= groups) return broken;
    const has = groups === 0 ? 'no groups' : `only ${groups} group${groups === 1 ? '' : 's'}`;
    return [
      {
        path: [...at, 'regex'],
        message: `has ${has} (in round brackets), so there is no group ${extract.group}; group: 0 is all of what was found`,
      },
    ];
  });
}

const retryWords = ['connect', 'reset', 'timeout'];

function retryProblems(
  retries: Requester['retries'] | undefined,
  kind: Requester['kind'],
  path: Path,
): ValueProblem[] {
  return (retries?.on ?? []).flatMap((cause, i): ValueProblem[] => {
    const at = [...path, 'retries', 'on', i];
    if (typeof cause === 'number') {
      const isStatus = cause >= 100 && cause <= 599;
      return kind === 'grpc' || isStatus ? [] : [{ path: at, message: `${cause} is no HTTP status` }];
    }
    if (retryWords.includes(cause)) return [];
    if (kind === 'grpc' && (grpcStatuses as readonly string[]).includes(cause.toUpperCase())) return [];
    if (kind === 'http' && /^[1-5]xx$/.test(cause)) return [];
    const known = kind === 'grpc' ? [...retryWords, ...grpcStatuses] : retryWords;
    const advice =
      kind === 'grpc'
        ? 'connect, reset, timeout or a status like UNAVAILABLE'
        : 'connect, reset, timeout or a status like 503';
    return [
      {
        path: at,
        message: `${JSON.stringify(cause)} is nothing to retry on; write ${advice}${meant(cause, known)}`,
      },
    ];
  });
}

/** Steps of one users entry with one name are one row of the results: they must ask for the same. */
function nameProblems(steps: readonly PlacedStep[]): ValueProblem[] {
  const first = new Map<string, PlacedStep>();
  return steps.flatMap(({ step, path }, i): ValueProblem[] => {
    const name = stepName(step);
    const other = first.get(name);
    if (other === undefined) {
      const placed = steps[i];
      if (placed) first.set(name, placed);
      return [];
    }
    if (methodOf(other.step) === methodOf(step) && addressOf(other.step) === addressOf(step)) return [];
    const asks = `${methodOf(other.step)} ${maskUrl(addressOf(other.step))}`.trim();
    return [
      {
        path: [...path, 'name'],
        message: `${JSON.stringify(name)} is the name of ${asks} already; results would mix the two`,
      },
    ];
  });
}

function stageProblems(requester: Requester, path: Path): ValueProblem[] {
  if (!('for_each' in requester) || requester.for_each === undefined) return [];
  const feeds = requester.data.map(({ name }) => name);
  if (feeds.includes(requester.for_each)) return [];
  const has = feeds.length === 0 ? 'it has no "data"' : `it has ${feeds.join(', ')}`;
  return [
    {
      path: [...path, 'for_each'],
      message: `there is no data ${JSON.stringify(requester.for_each)} in this stage; ${has}${meant(requester.for_each, feeds)}`,
    },
  ];
}

/** A file of audio and messages go into a stream; a reference of `done` needs events. */
function streamProblems({ step, path }: PlacedStep): ValueProblem[] {
  if ('rpc' in step) return [];
  const { stream } = step;
  if (stream?.format === 'chunks' && stream.token !== undefined)
    return [
      {
        path: [...path, 'stream', 'token'],
        message: 'chunks have no fields; a token goes with sse and ndjson',
      },
    ];
  if (stream !== undefined && methodOf(step) === 'HEAD')
    return [{ path: [...path, 'stream'], message: 'the answer to HEAD has no body' }];
  return [];
}

/** Lists of steps of a users entry or stage, with where they stand. */
function listsOf(requester: Requester, path: Path): { entries: NonNullable<Requester['steps']>; at: Path }[] {
  const tasks = 'tasks' in requester ? (requester.tasks ?? []) : [];
  return [
    { entries: requester.steps ?? [], at: [...path, 'steps'] },
    ...tasks.map(({ steps }, i) => ({ entries: steps, at: [...path, 'tasks', i, 'steps'] })),
    { entries: 'on_start' in requester ? (requester.on_start ?? []) : [], at: [...path, 'on_start'] },
    { entries: 'on_stop' in requester ? (requester.on_stop ?? []) : [], at: [...path, 'on_stop'] },
  ];
}

function repeatProblems(requester: Requester, path: Path): ValueProblem[] {
  return listsOf(requester, path).flatMap(({ entries, at }) =>
    entries.flatMap((entry, i): ValueProblem[] =>
      'steps' in entry && typeof entry.repeat === 'object' && entry.repeat.to < entry.repeat.from
        ? [{ path: [...at, i, 'repeat', 'to'], message: 'must not be below "from"' }]
        : [],
    ),
  );
}

/** Everything that contradicts itself in what http and grpc users ask. */
export function requestProblems(file: ScenarioFile): ValueProblem[] {
  const all = requestersOf(file);
  const count = all.reduce((sum, { requester, path }) => sum + stepsOf(requester, path).length, 0);
  if (count > mostSteps)
    return [{ path: [], message: `has ${count} requests to make; a scenario may have at most ${mostSteps}` }];
  return all.flatMap(({ requester, path }) => {
    const { kind } = requester;
    const steps = stepsOf(requester, path);
    const tasks = 'tasks' in requester ? (requester.tasks ?? []) : [];
    return [
      ...duplicates(tasks, [...path, 'tasks'], 'task'),
      ...stageProblems(requester, path),
      ...retryProblems(requester.retries, kind, path),
      ...repeatProblems(requester, path),
      ...nameProblems(steps),
      ...steps.flatMap((placed) => [
        ...placed.step.checks.flatMap((check, i) =>
          checkProblems(check, kind, [...placed.path, 'checks', i]),
        ),
        ...extractProblems(placed, kind),
        ...retryProblems(placed.step.retries, kind, placed.path),
        ...streamProblems(placed),
      ]),
    ];
  });
}
