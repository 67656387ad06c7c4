/** Edits of a document's plain value: what a text must say after the same edit. Nothing given is changed in place. */
import { type ValuePath, valueAt } from '#contract/scenario/shape';

export type PlainMap = Record<string, unknown>;

/** One change of a value. `set` makes the maps that lead to its place; what is no map or list there gives way. */
export type PlainEdit =
  | { kind: 'set'; path: ValuePath; value: unknown }
  | { kind: 'remove'; path: ValuePath }
  | { kind: 'rename'; path: ValuePath; name: string }
  | { kind: 'insert'; path: ValuePath; index: number; value: unknown }
  | { kind: 'move'; path: ValuePath; from: number; to: number };

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(map: PlainMap, key: string): PlainMap {
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
}

/** Replaces what is at `path` by what `change` makes of it; `change` gets undefined where there is nothing. */
function changeAt(value: unknown, path: ValuePath, change: (at: unknown) => unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return change(value);
  if (typeof part === 'number' && Array.isArray(value)) {
    const list: unknown[] = value;
    const index = Math.min(part, list.length);
    return [...list.slice(0, index), changeAt(list[index], rest, change), ...list.slice(index + 1)];
  }
  if (typeof part === 'number') return [changeAt(undefined, rest, change)];
  const map = isPlainMap(value) ? value : {};
  const at = Object.hasOwn(map, part) ? map[part] : undefined;
  return { ...map, [part]: changeAt(at, rest, change) };
}

function removeAt(value: unknown, path: ValuePath): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    if (typeof part !== 'number' || part < 0 || part >= list.length) return list;
    if (rest.length === 0) return list.toSpliced(part, 1);
    return list.with(part, removeAt(list[part], rest));
  }
  if (!isPlainMap(value) || !Object.hasOwn(value, part)) return value;
  const key = String(part);
  return rest.length === 0 ? without(value, key) : { ...value, [key]: removeAt(value[key], rest) };
}

function renameAt(map: unknown, from: string, to: string): unknown {
  if (!isPlainMap(map) || !Object.hasOwn(map, from) || Object.hasOwn(map, to)) return map;
  return Object.fromEntries(Object.entries(map).map(([key, entry]) => [key === from ? to : key, entry]));
}

function moved(list: readonly unknown[], from: number, to: number): readonly unknown[] {
  if (from < 0 || from >= list.length || to < 0 || to >= list.length) return list;
  return list.toSpliced(from, 1).toSpliced(to, 0, list[from]);
}

/** The value after an edit; an edit of what is not there changes nothing. */
export function editPlain(value: unknown, edit: PlainEdit): unknown {
  switch (edit.kind) {
    case 'set':
      return changeAt(value, edit.path, () => edit.value);
    case 'remove':
      return removeAt(value, edit.path);
    case 'rename': {
      const from = String(edit.path.at(-1));
      if (!isPlainMap(valueAt(value, edit.path.slice(0, -1)))) return value;
      return changeAt(value, edit.path.slice(0, -1), (map) => renameAt(map, from, edit.name));
    }
    case 'insert':
      return changeAt(value, edit.path, (at) => {
        const list: unknown[] = Array.isArray(at) ? at : [];
        return list.toSpliced(Math.max(0, Math.min(edit.index, list.length)), 0, edit.value);
      });
    case 'move':
      return changeAt(value, edit.path, (at) => (Array.isArray(at) ? moved(at, edit.from, edit.to) : at));
  }
}

/** Whether two plain values say the same; the order of a map's keys does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((entry, i) => sameValue(entry, b[i]));
  }
  if (!isPlainMap(a) || !isPlainMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

/** Entries of a list in the middle of it that are looked for elsewhere in it. */
const mostSearched = 200;

function keepSameEntries(before: readonly unknown[], next: readonly unknown[]): unknown[] {
  const shorter = Math.min(before.length, next.length);
  let head = 0;
  while (head < shorter && sameValue(before[head], next[head])) head++;
  let tail = 0;
  while (tail < shorter - head && sameValue(before.at(-1 - tail), next.at(-1 - tail))) tail++;
  const free = new Set<number>();
  for (let i = head; i < Math.min(before.length - tail, head + mostSearched); i++) free.add(i);
  const middle = next.slice(head, next.length - tail).map((entry, i) => {
    const found = [...free].find((at) => typeof entry === 'object' && sameValue(before[at], entry));
    if (found === undefined) return keepSame(before[head + i], entry);
    free.delete(found);
    return before[found];
  });
  return [...before.slice(0, head), ...middle, ...before.slice(before.length - tail)];
}

/** `next` with every part that is as it was before replaced by that very part, so that what shows it has nothing to do. */
export function keepSame(before: unknown, next: unknown): unknown {
  if (Object.is(before, next)) return before;
  if (Array.isArray(before) && Array.isArray(next)) {
    const list = keepSameEntries(before, next);
    return list.length === before.length && list.every((entry, i) => entry === before[i]) ? before : list;
  }
  if (!isPlainMap(before) || !isPlainMap(next)) return next;
  const entries = Object.entries(next).map(([key, entry]): [string, unknown] => [
    key,
    Object.hasOwn(before, key) ? keepSame(before[key], entry) : entry,
  ]);
  const keysBefore = Object.keys(before);
  const same =
    keysBefore.length === entries.length &&
    entries.every(([key, entry], i) => keysBefore[i] === key && before[key] === entry);
  return same ? before : Object.fromEntries(entries);
}

/** The smaller edits that turn one value into another at a place: what is the same on both sides is not touched. */
export function editsBetween(before: unknown, after: unknown, path: ValuePath): PlainEdit[] {
  if (sameValue(before, after)) return [];
  if (isPlainMap(before) && isPlainMap(after) && Object.keys(after).length > 0) {
    const kept = Object.keys(after).filter((key) => Object.hasOwn(before, key));
    const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return [
      ...kept.flatMap((key) => editsBetween(before[key], after[key], [...path, key])),
      ...added.map((key): PlainEdit => ({ kind: 'set', path: [...path, key], value: after[key] })),
      ...gone.map((key): PlainEdit => ({ kind: 'remove', path: [...path, key] })),
    ];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0) {
    return editsOfList(before, after, path);
  }
  return [{ kind: 'set', path, value: after }];
}

function editsOfList(before: readonly unknown[], after: readonly unknown[], path: ValuePath): PlainEdit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && sameValue(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && sameValue(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  const middle = shorter - head - tail;
  const edits: PlainEdit[] = [];
  for (let i = 0; i < middle; i++) {
    edits.push(...editsBetween(before[head + i], after[head + i], [...path, head + i]));
  }
  for (let i = head + middle; i < after.length - tail; i++) {
    edits.push({ kind: 'insert', path, index: i, value: after[i] });
  }
  for (let i = before.length - tail - 1; i >= head + middle; i--) {
    edits.push({ kind: 'remove', path: [...path, i] });
  }
  return edits;
}
