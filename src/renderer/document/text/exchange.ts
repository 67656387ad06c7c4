/** Texts between the document, which keeps its line breaks, and the editor, which knows only one kind. */

export interface Change {
  from: number;
  to: number;
  insert: string;
}

export function toEditor(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
}

/** The editor's text with the line breaks and byte order mark that the document's text has. */
export function fromEditor(text: string, like: string): string {
  const mark = like.startsWith('\uFEFF') ? '\uFEFF' : '';
  return mark + (like.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
}

/** The smallest change in one place that turns one text into another, so that the caret and the view stay. Null: none. */
export function changeBetween(before: string, after: string): Change | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) };
}
