/** Lines of a text, and what of it stands on one of its own. */
import type { Entry } from './entries.ts';

export function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line's break begins. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  if (found < 0) return text.length;
  return text[found - 1] === '\r' && found > at ? found - 1 : found;
}

export function nextLine(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found + 1;
}

/** Column, where a byte order mark takes none. */
export function columnOf(text: string, at: number): number {
  return text.slice(lineStart(text, at), at).replace('\uFEFF', '').length;
}

export function isOnOwnLine(text: string, start: number): boolean {
  return /^\uFEFF?[ ]*$/.test(text.slice(lineStart(text, start), start));
}

/** Whether the entry's last line ends with it, line break and all (`|` texts). */
export function takesItsLineEnd(text: string, entry: Entry): boolean {
  return entry.end > 0 && text[entry.end - 1] === '\n';
}
