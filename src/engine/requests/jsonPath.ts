/** Values of JSON by a path (RFC 9535). Plain paths like `$.items[0].id` are followed here; json-p3 does the others. */
import { compile } from 'json-p3';
import type { JSONValue } from 'json-p3';
import { CrosstalkError } from '#contract/errors';

/** The first value that a path finds; undefined: nothing. */
export type JsonFinder = (value: unknown) => unknown;

const plainStep =
  /^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\['([^'\\]*)'\]|\["([^"\\]*)"\]|\[(-?(?:0|[1-9]\d{0,8}))\])/;

/** The steps of a path that names one value; null: it is of another kind. */
function plainSteps(path: string): (string | number)[] | null {
  const steps: (string | number)[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const step = plainStep.exec(rest);
    if (step === null) return null;
    steps.push(step[1] ?? step[2] ?? step[3] ?? Number(step[4]));
    rest = rest.slice(step[0].length);
  }
  return steps;
}

function follow(value: unknown, steps: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (typeof step === 'number') {
      if (!Array.isArray(at)) return undefined;
      at = at.at(step);
    } else if (!Array.isArray(at) && Object.hasOwn(at, step)) at = Reflect.get(at, step);
    else return undefined;
  }
  return at;
}

/** Whoever asks has parsed it from JSON, or decoded a message as such: what it holds need not be gone through. */
function isJson(value: unknown): value is JSONValue {
  return value !== undefined && typeof value !== 'function';
}

/** Throws a `CrosstalkError` (`invalid_input`) when it is no path. */
export function jsonFinder(path: string): JsonFinder {
  const steps = path.startsWith('$') ? plainSteps(path) : null;
  if (steps !== null) return (value) => follow(value, steps);
  try {
    const query = compile(path);
    return (value) => (isJson(value) ? query.match(value)?.value : undefined);
  } catch (error) {
    throw new CrosstalkError({
      kind: 'invalid_input',
      code: 'json_path_invalid',
      message: `${path} is not a JSON path: ${error instanceof Error ? error.message : String(error)}.`,
    });
  }
}
