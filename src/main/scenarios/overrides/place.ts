/** Places in a scenario document: reading a path as written, and putting a value there. */
import { isAlias, isMap, isScalar, isSeq, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { fail, ok, type Result } from '#contract/errors';
import { describeValue } from '#contract/scenario/explain';
import { formatPath, type ValuePath } from '#contract/scenario/shape';

/** Reads `users[0].timeouts.turn` or `environment.headers["x-key"]`; null when it is not a path. */
export function parsePath(text: string): (string | number)[] | null {
  const path: (string | number)[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const index = /^\[(\d{1,6})\]/.exec(rest);
    const quoted = /^\["([^"]+)"\]/.exec(rest) ?? /^\['([^']+)'\]/.exec(rest);
    const word = (path.length === 0 ? /^([^.[\]"'\s]+)/ : /^\.([^.[\]"'\s]+)/).exec(rest);
    const match = index ?? quoted ?? word;
    if (!match?.[1]) return null;
    path.push(index ? Number(match[1]) : match[1]);
    rest = rest.slice(match[0].length);
  }
  return path.length > 0 ? path : null;
}

function nowhere(message: string): Result<never> {
  return fail('invalid_input', 'no_such_place', message);
}

function childOf(parent: YAMLMap | YAMLSeq, part: string | number, document: Document): unknown {
  const child: unknown = parent.get(part, true);
  if (!isAlias(child)) return child;
  const copy = child.resolve(document)?.clone();
  if (copy && 'anchor' in copy) delete copy.anchor;
  parent.set(part, copy);
  return copy;
}

function checkPart(
  parent: YAMLMap | YAMLSeq,
  at: ValuePath,
  part: string | number,
  isLast: boolean,
): Result<void> {
  const here = at.length === 0 ? 'the scenario' : formatPath(at);
  if (isSeq(parent)) {
    const count = parent.items.length;
    if (typeof part === 'string')
      return nowhere(`${here} is a list; name one of its entries, like ${here}[0]`);
    // A whole entry may be added at the end, a part of one may not.
    if (part > count || (part === count && !isLast))
      return nowhere(
        `${here} has ${count} ${count === 1 ? 'entry' : 'entries'}, so there is no ${here}[${part}]`,
      );
    return ok(undefined);
  }
  return typeof part === 'number'
    ? nowhere(`${here} is a map, not a list: it has no entry [${part}]`)
    : ok(undefined);
}

/** Puts a value at a path; maps and lists on the way are made when they are missing. Error: `no_such_place`. */
export function put(document: Document, path: ValuePath, value: unknown): Result<void> {
  let parent: unknown = document.contents;
  for (const [i, part] of path.entries()) {
    const at = path.slice(0, i);
    if (!isMap(parent) && !isSeq(parent)) {
      const found = isScalar(parent) ? parent.value : parent;
      return nowhere(
        `${formatPath(at)} is ${describeValue(found)}, so there is nothing called ${formatPath(path)}`,
      );
    }
    const checked = checkPart(parent, at, part, i === path.length - 1);
    if (!checked.ok) return checked;
    if (i === path.length - 1) {
      parent.set(part, document.createNode(value));
      return ok(undefined);
    }
    let child = childOf(parent, part, document);
    if (child === undefined || child === null || (isScalar(child) && child.value === null)) {
      child = document.createNode(typeof path[i + 1] === 'number' ? [] : {});
      parent.set(part, child);
    }
    parent = child;
  }
  return ok(undefined);
}
