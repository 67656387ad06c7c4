/** Tags as they are typed: words separated by commas. Pure. */

const most = 50;
const longest = 100;

/** Each once, without empty ones, in the order they were typed. */
export function readTags(text: string): string[] {
  const tags = text
    .split(',')
    .map((tag) => tag.trim().slice(0, longest).trim())
    .filter((tag) => tag !== '');
  return [...new Set(tags)].slice(0, most);
}

export function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, i) => tag === b[i]);
}
