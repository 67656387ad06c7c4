/**
 * Edits of a YAML text that leave everything else in it as it is, to the letter. Each gives the new text, or null where
 * the text is written in a way that is better rewritten than cut. The caller reads the result back and compares.
 */
import { isMap, isScalar, isSeq } from 'yaml';
import type { ValuePath } from '#contract/scenario/shape';
import { type Entry, isBlockScalar, isFlow } from './entries.ts';
import { columnOf, lineEnd, splice, takesItsLineEnd } from './lines.ts';
import { move, removeFromFlow, removeLines } from './moving.ts';
import { type ParsedText, parseText } from './parse.ts';
import type { PlainEdit } from './plain.ts';
import {
  renderFlowItem,
  renderFlowPair,
  renderItem,
  renderPair,
  renderScalar,
  type Shape,
} from './render.ts';
import { type Collection, findEntry, type Found, isMapOrList, listAt, styleOf, wayTo } from './ways.ts';

/** The order in which the keys of the map at a path are best written; null: as they come. */
export type KeyOrder = (path: ValuePath) => readonly string[] | null;

/** The text after an edit, or null. */
export function cut(parsed: ParsedText, edit: PlainEdit, order: KeyOrder): string | null {
  switch (edit.kind) {
    case 'set':
      return set(parsed, edit.path, edit.value, order);
    case 'remove':
      return remove(parsed, edit.path);
    case 'rename':
      return rename(parsed, edit.path, edit.name);
    case 'insert':
      return insert(parsed, edit.path, edit.index, edit.value, order);
    case 'move':
      return move(parsed, edit.path, edit.from, edit.to);
  }
}

function nested(path: ValuePath, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, part) => (typeof part === 'number' ? [inner] : { [part]: inner }),
    value,
  );
}

function set(parsed: ParsedText, path: ValuePath, value: unknown, order: KeyOrder): string | null {
  const way = wayTo(parsed, path);
  const last = way?.at(-1);
  if (!way || !last) return fillEmpty(parsed, path, value);
  const depth = way.length - 1;
  const part = path[depth];
  if (part === undefined) return null;
  const rest = path.slice(depth + 1);
  const entry = findEntry(last.collection, last.entries, part);
  if (!entry) return add(parsed, last, path.slice(0, depth), part, nested(rest, value), order);
  return replace(parsed, last.collection, entry, rest.length > 0 ? nested(rest, value) : value);
}

/** A text without any value yet (comments perhaps). */
function fillEmpty(parsed: ParsedText, path: ValuePath, value: unknown): string | null {
  const { text, document } = parsed;
  const empty =
    document.contents === null || (isScalar(document.contents) && document.contents.source === '');
  const key = path[0];
  if (!empty || typeof key !== 'string') return null;
  const style = styleOf(parsed);
  const before = text === '' || text.endsWith('\n') || text === '\uFEFF' ? text : text + style.eol;
  return before + renderPair(key, nested(path.slice(1), value), 0, style, 'auto') + style.eol;
}

/**
 * The text with a word or number put in the place of another, when that can be told to be right from the word alone:
 * no anchor anywhere, one line before and after. Null otherwise.
 */
export function cutWord(parsed: ParsedText, path: ValuePath, value: unknown): string | null {
  const { text } = parsed;
  if (text.includes('&') || (typeof value === 'object' && value !== null)) return null;
  const way = wayTo(parsed, path);
  const last = way?.at(-1);
  const part = path.at(-1);
  if (!last || part === undefined || way?.length !== path.length) return null;
  const before = findEntry(last.collection, last.entries, part)?.value;
  if (!isScalar(before) || isBlockScalar(before.type) || before.tag !== undefined || !before.range)
    return null;
  if (text.slice(before.range[0], before.range[1]).includes('\n')) return null;
  const flow = isFlow(last.collection);
  const written = renderScalar(value, before, flow);
  if (written === null) return null;
  const alone = parseText(flow ? `[ ${written} ]` : `- ${written}`);
  const read: unknown[] = 'document' in alone && Array.isArray(alone.value) ? alone.value : [];
  const right = read.length === 1 && Object.is(read[0], value);
  return right ? splice(text, before.range[0], before.range[1], written) : null;
}

function replace(parsed: ParsedText, inside: Collection, entry: Entry, value: unknown): string | null {
  const { text } = parsed;
  const flow = isFlow(inside);
  const { value: before } = entry;
  const simple = typeof value !== 'object' || value === null;
  if (simple && isScalar(before) && !isBlockScalar(before.type) && before.range) {
    const scalar = renderScalar(value, before, flow);
    if (scalar !== null) return splice(text, before.range[0], before.range[1], scalar);
  }
  if (flow) {
    const written = entry.key === null ? renderFlowItem(value) : renderFlowPair(entry.key, value);
    return splice(text, entry.start, entry.end, written);
  }
  const shape: Shape = isMapOrList(before) && isFlow(before) ? 'flow' : 'auto';
  const written = renderEntry(parsed, entry.key, value, columnOf(text, entry.start), shape);
  const kept = withComment(written, headComment(text, before));
  const end = takesItsLineEnd(text, entry) ? kept + styleOf(parsed).eol : kept;
  return splice(text, entry.start, entry.end, end);
}

/** The comment behind the `|` of a text of several lines. */
function headComment(text: string, node: unknown): string | null {
  if (!isScalar(node) || !isBlockScalar(node.type) || !node.range) return null;
  return /\s#.*$/.exec(text.slice(node.range[0], lineEnd(text, node.range[0])))?.[0] ?? null;
}

function withComment(written: string, comment: string | null): string {
  return comment === null ? written : written.replace(/(?=\r?\n|$)/, () => comment);
}

function renderEntry(
  parsed: ParsedText,
  key: string | null,
  value: unknown,
  column: number,
  shape: Shape,
): string {
  const style = styleOf(parsed);
  return key === null
    ? renderItem(value, column, style, shape)
    : renderPair(key, value, column, style, shape);
}

function add(
  parsed: ParsedText,
  { collection, entries }: Found,
  path: ValuePath,
  part: string | number,
  value: unknown,
  order: KeyOrder,
): string | null {
  if (isSeq(collection))
    return typeof part === 'number'
      ? addEntry(parsed, collection, entries, entries.length, null, value)
      : null;
  const key = String(part);
  const wanted = order(path);
  return addEntry(parsed, collection, entries, placeOf(entries, key, wanted), key, value);
}

/** Where a new key belongs among those that are there. */
function placeOf(entries: readonly Entry[], key: string, wanted: readonly string[] | null): number {
  const rank = wanted?.indexOf(key) ?? -1;
  if (!wanted || rank < 0) return entries.length;
  const before = entries.findLastIndex((entry) => {
    const other = wanted.indexOf(entry.key ?? '');
    return other >= 0 && other < rank;
  });
  const someAfter = entries.some((entry) => wanted.indexOf(entry.key ?? '') > rank);
  return before < 0 && !someAfter ? entries.length : before + 1;
}

function addEntry(
  parsed: ParsedText,
  collection: Collection,
  entries: readonly Entry[],
  index: number,
  key: string | null,
  value: unknown,
): string | null {
  const { text } = parsed;
  const style = styleOf(parsed);
  const before = entries[index - 1];
  const first = entries[0];
  if (isFlow(collection)) {
    const written = key === null ? renderFlowItem(value) : renderFlowPair(key, value);
    if (before) return splice(text, before.end, before.end, `, ${written}`);
    if (first) return splice(text, first.start, first.start, `${written}, `);
    return fillFlow(text, collection, key === null ? `[${written}]` : `{ ${written} }`);
  }
  if (!first) return null;
  const column = columnOf(text, first.start);
  const sibling = before?.value ?? first.value;
  const shape: Shape = key === null && isMapOrList(sibling) ? (isFlow(sibling) ? 'flow' : 'block') : 'auto';
  const written = renderEntry(
    parsed,
    key,
    value,
    column,
    key === null && shape === 'block' ? 'block' : shape,
  );
  const pad = ' '.repeat(column);
  if (!before) return splice(text, first.start, first.start, written + style.eol + pad);
  if (takesItsLineEnd(text, before)) return splice(text, before.end, before.end, pad + written + style.eol);
  const at = lineEnd(text, before.end);
  return splice(text, at, at, style.eol + pad + written);
}

function fillFlow(text: string, collection: Collection, written: string): string | null {
  return collection.range ? splice(text, collection.range[0], collection.range[1], written) : null;
}

function insert(
  parsed: ParsedText,
  path: ValuePath,
  index: number,
  value: unknown,
  order: KeyOrder,
): string | null {
  const list = listAt(parsed, path);
  if (!list) return set(parsed, path, [value], order);
  const { collection, entries } = list;
  if (entries.length === 0) return set(parsed, path, [value], order);
  return addEntry(parsed, collection, entries, Math.max(0, Math.min(index, entries.length)), null, value);
}

function remove(parsed: ParsedText, path: ValuePath): string | null {
  const way = wayTo(parsed, path);
  const last = way?.at(-1);
  const part = path.at(-1);
  if (!way || !last || part === undefined || way.length !== path.length) return null;
  const { collection, entries } = last;
  const entry = findEntry(collection, entries, part);
  if (!entry) return parsed.text;
  if (entries.length === 1) return empty(parsed, way, path);
  const index = entries.indexOf(entry);
  if (isFlow(collection)) return removeFromFlow(parsed.text, entries, index);
  return removeLines(parsed.text, entries, index);
}

function rename(parsed: ParsedText, path: ValuePath, name: string): string | null {
  const way = wayTo(parsed, path);
  const last = way?.at(-1);
  if (!last || way?.length !== path.length || !isMap(last.collection)) return null;
  const from = String(path.at(-1));
  const pair = last.collection.items.find((item) => isScalar(item.key) && String(item.key.value) === from);
  if (!pair || !isScalar(pair.key) || !pair.key.range) return null;
  const written = renderPair(name, 0, 0, styleOf(parsed), 'auto').replace(/: 0$/, '');
  return splice(parsed.text, pair.key.range[0], pair.key.range[1], written);
}

/** The last entry goes: what is left is written `{}` or `[]`. */
function empty(parsed: ParsedText, way: readonly Found[], path: ValuePath): string | null {
  const last = way.at(-1);
  if (!last) return null;
  if (isFlow(last.collection))
    return fillFlow(parsed.text, last.collection, isSeq(last.collection) ? '[]' : '{}');
  const around = way.at(-2);
  const part = path.at(-2);
  const entry = around && part !== undefined ? findEntry(around.collection, around.entries, part) : null;
  return around && entry ? replace(parsed, around.collection, entry, isSeq(last.collection) ? [] : {}) : null;
}
