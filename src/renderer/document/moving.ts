/** Entries of a text that change places or go. */
import type { ValuePath } from '#contract/scenario/shape';
import { type Entry, isFlow } from './entries.ts';
import { isOnOwnLine, lineEnd, lineStart, nextLine, splice, takesItsLineEnd } from './lines.ts';
import type { ParsedText } from './parse.ts';
import { listAt, styleOf } from './ways.ts';

export function removeFromFlow(text: string, entries: readonly Entry[], index: number): string | null {
  const entry = entries[index];
  const next = entries[index + 1];
  if (!entry) return null;
  if (index > 0) return entry.comma === null ? null : splice(text, entry.comma, entry.end, '');
  return next ? splice(text, entry.start, next.start, '') : null;
}

export function removeLines(text: string, entries: readonly Entry[], index: number): string | null {
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

export function move(parsed: ParsedText, path: ValuePath, from: number, to: number): string | null {
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
