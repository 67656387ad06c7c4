/** The way from the top of a text to a place in it. */
import { isAlias, isMap, isSeq, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ValuePath } from '#contract/scenario/shape';
import { type Entry, entriesOf, isFlow } from './entries.ts';
import { columnOf } from './lines.ts';
import type { ParsedText } from './parse.ts';
import type { Style } from './render.ts';

export type Collection = YAMLMap | YAMLSeq;

/** A list or map and its entries. */
export interface Found {
  collection: Collection;
  entries: Entry[];
}

export function isMapOrList(node: unknown): node is Collection {
  return isMap(node) || isSeq(node);
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
export function wayTo(parsed: ParsedText, path: ValuePath): Found[] | null {
  const way: Found[] = [];
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

export function findEntry(
  collection: Collection,
  entries: readonly Entry[],
  part: string | number,
): Entry | null {
  if (isSeq(collection)) return typeof part === 'number' ? (entries[part] ?? null) : null;
  return entries.find((entry) => entry.key === String(part)) ?? null;
}

export function listAt(parsed: ParsedText, path: ValuePath): Found | null {
  const way = wayTo(parsed, [...path, 0]);
  const last = way?.at(-1);
  return last && way?.length === path.length + 1 && isSeq(last.collection) ? last : null;
}
