/**
 * Edits of a YAML text that leave everything else in it as it is, to the letter. Each gives the new text, or null where
 * the text is written in a way that is better rewritten than cut. The caller reads the result back and compares.
 */
import { isAlias, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ValuePath } from '#contract/scenario/shape';
import { type Entry, entriesOf, isBlockScalar, isFlow } from './entries.ts';
import { type ParsedText, parseText } from './parse.ts';
import type { PlainEdit } from './plain.ts';
import {
  renderFlowItem,
  renderFlowPair,
  renderItem,
  renderPair,
  renderScalar,
  type Shape,
  type Style,
} from './render.ts';

type Collection = YAMLMap | YAMLSeq;

/** The order in which the keys of the map at a path are best written; null: as they come. */
export type KeyOrder = (path: ValuePath) => readonly string[] | null;

function isMapOrList(node: unknown): node is Collection {
  return isMap(node) || isSeq(node);
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line's break begins. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  if (found < 0) return text.length;
  return text[found - 1] === '\r' && found > at ? found - 1 : found;
}

function nextLine(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found + 1;
}

/** Column, where a byte order mark takes none. */
function columnOf(text: string, at: number): number {
  return text.slice(lineStart(text, at), at).replace('\uFEFF', '').length;
}

function isOnOwnLine(text: string, start: number): boolean {
  return /^\uFEFF?[ ]*$/.test(text.slice(lineStart(text, start), start));
}

/** Whether the entry's last line ends with it, line break and all (`|` texts). */
function takesItsLineEnd(text: string, entry: Entry): boolean {
  return entry.end > 0 && text[entry.end - 1] === '\n';
}

/** How the text writes lists and maps, seen from its own. */
export function styleOf({ text, document }: ParsedText): Style {
  const style: Style = { indent: 2, indentSeq: true, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  if (!isMap(document.contents)) return style;
  for (const entry of entriesOf(document.contents) ?? []) {
    if (!isMapOrList(entry.value) || isFlow(entry.value)) continue;
    const first = entriesOf(entry.value)?.[0];
    if (!first) continue;
    const further = columnOf(text, first.start) - columnOf(text, entry.start);
    if (isMap(entry.value)) style.indent = Math.max(1, further);
    else style.indentSeq = further > 0;
    if (isSeq(entry.value) && further > 0) style.indent = further;
  }
  return style;
}

/** The collections on the way to a place, outermost first, down to the one it would be an entry of. */
function wayTo(parsed: ParsedText, path: ValuePath): { collection: Collection; entries: Entry[] }[] | null {
  const way: { collection: Collection; entries: Entry[] }[] = [];
  let node: unknown = parsed.document.contents;
  for (const part of path) {
    if (isAlias(node)) return null;
    if (!isMapOrList(node)) break;
    const entries = entriesOf(node);
    if (!entries) return null;
    way.push({ collection: node, entries });
    const entry = findEntry(node, entries, part);
    if (!entry) break;
    node = entry.value;
  }
  return way;
}

function findEntry(collection: Collection, entries: readonly Entry[], part: string | number): Entry | null {
  if (isSeq(collection)) return typeof part === 'number' ? (entries[part] ?? null) : null;
  return entries.find((entry) => entry.key === String(part)) ?? null;
}

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

type Found = { collection: Collection; entries: Entry[] };

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

function listAt(parsed: ParsedText, path: ValuePath): Found | null {
  const way = wayTo(parsed, [...path, 0]);
  const last = way?.at(-1);
  return last && way?.length === path.length + 1 && isSeq(last.collection) ? last : null;
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

function removeFromFlow(text: string, entries: readonly Entry[], index: number): string | null {
  const entry = entries[index];
  const next = entries[index + 1];
  if (!entry) return null;
  if (index > 0) return entry.comma === null ? null : splice(text, entry.comma, entry.end, '');
  return next ? splice(text, entry.start, next.start, '') : null;
}

function removeLines(text: string, entries: readonly Entry[], index: number): string | null {
  const entry = entries[index];
  if (!entry) return null;
  const after = takesItsLineEnd(text, entry) ? entry.end : nextLine(text, entry.end);
  if (isOnOwnLine(text, entry.start)) {
    const from = lineStart(text, entry.start);
    const bom = text.slice(from, entry.start).startsWith('\uFEFF') ? 1 : 0;
    const atEnd = after === text.length && !text.endsWith('\n');
    return splice(text, atEnd ? lineEnd(text, Math.max(0, from - 2)) : from + bom, after, '');
  }
  // It shares its line with a dash: the next one moves up, and comments between them go above that line.
  const next = entries[index + 1];
  if (!next) return null;
  const between = text.slice(after, lineStart(text, next.start));
  const dashLine = lineStart(text, entry.start);
  return text.slice(0, dashLine) + between + text.slice(dashLine, entry.start) + text.slice(next.start);
}

function move(parsed: ParsedText, path: ValuePath, from: number, to: number): string | null {
  const list = listAt(parsed, path);
  if (!list) return null;
  const { collection, entries } = list;
  const { text } = parsed;
  if (from === to || !entries[from] || !entries[to]) return text;
  const order = entries
    .map((_, i) => i)
    .toSpliced(from, 1)
    .toSpliced(to, 0, from);
  if (isFlow(collection)) {
    let out = text.slice(0, entries[0]?.start);
    for (const [slot, entry] of entries.entries()) {
      const source = entries[order[slot] ?? slot] ?? entry;
      out += text.slice(source.start, source.end) + text.slice(entry.end, entries[slot + 1]?.start);
    }
    return out;
  }
  return moveLines(text, entries, order, styleOf(parsed).eol);
}

function moveLines(
  text: string,
  entries: readonly Entry[],
  order: readonly number[],
  eol: string,
): string | null {
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last || !entries.every((entry) => isOnOwnLine(text, entry.start))) return null;
  const starts = entries.map((entry, i) => chunkStart(text, entry, entries[i - 1]?.end ?? 0));
  const end = takesItsLineEnd(text, last) ? last.end : nextLine(text, last.end);
  const chunks = starts.map((start, i) => {
    const chunk = text.slice(start, starts[i + 1] ?? end);
    return chunk.endsWith('\n') ? chunk : chunk + eol;
  });
  const out = order.map((i) => chunks[i] ?? '').join('');
  const whole = end === text.length && !text.endsWith('\n') ? out.slice(0, -eol.length) : out;
  return splice(text, starts[0] ?? 0, end, whole);
}

/** The line an entry begins at, with the comments that stand directly above it. */
function chunkStart(text: string, entry: Entry, notBefore: number): number {
  let start = lineStart(text, entry.start);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (above < notBefore || !/^\s*#/.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
}
