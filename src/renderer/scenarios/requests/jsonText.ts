/** JSON as a person writes it in a field. Pure. */

export type ReadJson = { value: unknown; problem: null } | { value: undefined; problem: string };

/** A text as JSON, or why it is none, with the line where it stops being some. */
export function readJson(text: string): ReadJson {
  try {
    const value: unknown = JSON.parse(text);
    return { value, problem: null };
  } catch (error) {
    return { value: undefined, problem: why(text, error) };
  }
}

function why(text: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const at = /position (\d+)/.exec(said)?.[1];
  const line = at === undefined ? null : text.slice(0, Number(at)).split('\n').length;
  const bare = /:\s*\$\{[^}]*\}/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'))
    ? 'a placeholder stands in quotes, like "${name}"'
    : said.replace(/,? ?\.\.\..*$| in JSON at position.*$/s, '').replace(/ \(line.*\)$/, '');
  return line === null ? `${bare}.` : `line ${line}: ${bare}.`;
}

/** A value as JSON of several lines; short ones stay in one. */
export function writeJson(value: unknown): string {
  if (value === undefined) return '';
  const short = JSON.stringify(value);
  return short.length <= 60 && !short.includes('{"') ? short : JSON.stringify(value, null, 2);
}
