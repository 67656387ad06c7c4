/** What becomes of a step, check or value when one of its forms is chosen in place of another. Pure. */
import { isPlainMap, type PlainMap } from '../../document/plain.ts';
import {
  bodyKinds,
  type BodyKind,
  checkKinds,
  type CheckKind,
  comparisons,
  type Comparison,
  extractKinds,
  type ExtractKind,
  type VariableKind,
} from './methods.ts';
import { isGroup, listIn } from './readSteps.ts';

function without(map: PlainMap, keys: readonly string[]): PlainMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
}

/** The body of a written request, the first of those it has. */
export function bodyKindOf(step: unknown): BodyKind | null {
  if (!isPlainMap(step)) return null;
  return bodyKinds.find((kind) => step[kind] !== undefined) ?? null;
}

function jsonOf(text: unknown): unknown {
  if (typeof text !== 'string') return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** What a body of one kind begins as, out of another one as far as it can be said there. */
function bodyFrom(kind: BodyKind, step: PlainMap): unknown {
  const texts = (value: unknown) =>
    isPlainMap(value)
      ? Object.fromEntries(
          Object.entries(value).map(([key, one]) => [
            key,
            typeof one === 'string' ? one : JSON.stringify(one),
          ]),
        )
      : {};
  switch (kind) {
    case 'json':
      return step.form ?? jsonOf(step.body);
    case 'form':
      return texts(step.json);
    case 'multipart': {
      const parts = Object.entries(texts(step.form ?? step.json)).map(([name, value]) => ({ name, value }));
      return parts.length > 0 ? parts : [{ name: 'file', value: '' }];
    }
    case 'body':
      return step.json === undefined ? '' : JSON.stringify(step.json);
    case 'body_file':
      return '';
  }
}

/** A request with a body of another kind; null: with none. */
export function withBody(step: PlainMap, kind: BodyKind | null): PlainMap {
  const rest = without(step, bodyKinds);
  return kind === null ? rest : { ...rest, [kind]: bodyFrom(kind, step) };
}

/** What a streamed answer says about its form; the short word where that is all. */
export function withStream(value: unknown, change: PlainMap): unknown {
  const before = typeof value === 'string' ? { format: value } : isPlainMap(value) ? value : {};
  const next = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, one]) => one !== undefined && one !== ''),
  );
  const keys = Object.keys(next);
  return keys.length === 1 && keys[0] === 'format' ? next.format : next;
}

export function checkKindOf(check: unknown): CheckKind | null {
  if (!isPlainMap(check)) return null;
  return checkKinds.find((kind) => check[kind] !== undefined) ?? null;
}

const newCheck: Record<CheckKind, PlainMap> = {
  status: { status: 200 },
  grpc_status: { grpc_status: 'OK' },
  json: { json: '$.', exists: true },
  header: { header: 'content-type', contains: 'json' },
  body: { body: { contains: '' } },
};

/** Where the comparisons of a check stand: beside its kind, or within `body`. */
export function comparisonsAt(check: unknown): PlainMap {
  if (!isPlainMap(check)) return {};
  return isPlainMap(check.body) ? check.body : check;
}

/** The comparisons a check makes, in the order of the format. */
export function comparisonsOf(check: unknown): Comparison[] {
  const map = comparisonsAt(check);
  return comparisons.filter((name) => map[name] !== undefined);
}

/** A check of another kind; its name and, where it compares values, what it compares with stay. */
export function withCheckKind(check: PlainMap, kind: CheckKind): PlainMap {
  const name = check.name === undefined ? {} : { name: check.name };
  const usual = newCheck[kind];
  const kept = Object.fromEntries(comparisonsOf(check).map((one) => [one, comparisonsAt(check)[one]]));
  if (kind === 'status' || kind === 'grpc_status' || Object.keys(kept).length === 0)
    return { ...name, ...usual };
  if (kind === 'body') return { ...name, body: kept };
  return { ...name, [kind]: usual[kind], ...kept };
}

/** A value that fits a comparison, out of the one of another. */
function fitting(comparison: Comparison, value: unknown): unknown {
  if (comparison === 'exists') return typeof value === 'boolean' ? value : true;
  if (comparison === 'above' || comparison === 'below') return typeof value === 'number' ? value : 0;
  if (comparison === 'equals') return value === undefined ? '' : value;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A check that compares otherwise. `from` undefined: one comparison more; `to` undefined: one less. */
export function withComparison(
  check: PlainMap,
  from: Comparison | undefined,
  to: Comparison | undefined,
): PlainMap {
  const map = comparisonsAt(check);
  const rest = from === undefined ? map : without(map, [from]);
  const value = from === undefined ? undefined : map[from];
  const next = to === undefined ? rest : { ...rest, [to]: fitting(to, value) };
  return isPlainMap(check.body) ? { ...check, body: next } : next;
}

/** The check that is added: of the status first, then of what the answer holds. */
export function checkToAdd(checks: readonly unknown[], kind: 'http' | 'grpc'): PlainMap {
  const status: CheckKind = kind === 'http' ? 'status' : 'grpc_status';
  return { ...newCheck[checks.some((check) => checkKindOf(check) === status) ? 'json' : status] };
}

export function extractKindOf(value: unknown): ExtractKind {
  if (!isPlainMap(value)) return 'json';
  return extractKinds.find((kind) => value[kind] !== undefined) ?? 'json';
}

/** Where a value is taken from; a JSON path without more stands by itself. */
export function withExtract(value: unknown, change: PlainMap): unknown {
  const before = isPlainMap(value) ? value : { json: value };
  const next = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, one]) => one !== undefined),
  );
  const keys = Object.keys(next);
  return keys.length === 1 && keys[0] === 'json' ? next.json : next;
}

/** The same value taken from another part of the answer. */
export function withExtractKind(value: unknown, kind: ExtractKind): unknown {
  const usual: Record<ExtractKind, string> = {
    json: '$.',
    header: 'location',
    cookie: 'session',
    regex: 'id=(\\d+)',
  };
  const kept = isPlainMap(value) && value.default !== undefined ? { default: value.default } : {};
  return withExtract({ [kind]: usual[kind] }, kept);
}

export function variableKindOf(value: unknown): VariableKind {
  if (!isPlainMap(value)) return 'value';
  if (value.choice !== undefined) return 'choice';
  return value.random !== undefined ? 'random' : value.sequence !== undefined ? 'sequence' : 'value';
}

/** What a variable of a kind begins as. */
export function newVariable(kind: VariableKind, before: unknown): unknown {
  switch (kind) {
    case 'value':
      return isPlainMap(before) ? (listIn(before.choice)[0] ?? '') : before;
    case 'choice':
      return { choice: isPlainMap(before) ? ['one', 'another'] : [before ?? ''] };
    case 'random':
      return { random: { from: 1, to: 100 } };
    case 'sequence':
      return { sequence: { from: 1 } };
  }
}

/** A users entry whose iteration is steps in order → one whose iteration is one of some tasks. */
export function asTasks(entry: PlainMap): PlainMap {
  const { steps, ...rest } = entry;
  return { ...rest, tasks: [{ name: 'task 1', weight: 1, steps: steps ?? [] }] };
}

/** The other way round: the steps of each task become a group of its name, those of an only one stand by themselves. */
export function asSteps(entry: PlainMap): PlainMap {
  const { tasks, ...rest } = entry;
  const maps = listIn(tasks).filter(isPlainMap);
  const only = maps.length === 1 ? maps[0] : undefined;
  if (only) return { ...rest, steps: only.steps ?? [] };
  const steps = maps.flatMap((task) => {
    const own = listIn(task.steps);
    // Groups do not stand within groups.
    return own.some(isGroup) || own.length === 0 ? own : [{ group: task.name ?? 'group', steps: own }];
  });
  return { ...rest, steps };
}

/** A step that is added to a list. */
export function newStep(kind: 'http' | 'grpc'): PlainMap {
  return kind === 'http' ? { get: '/' } : { rpc: '' };
}

export function newGroup(kind: 'http' | 'grpc', name: string): PlainMap {
  return { group: name, steps: [newStep(kind)] };
}

/** A users entry, or stage, that begins with one step. */
export function newRequestUsers(kind: 'http' | 'grpc', name: string): PlainMap {
  return { kind, name, wait: '1s', steps: [newStep(kind)] };
}

export function newStage(kind: 'http' | 'grpc', name: string): PlainMap {
  return { kind, name, steps: [newStep(kind)] };
}
