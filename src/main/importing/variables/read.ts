/** Environment variables as people keep them: `.env` files, `export` lines, `docker -e`, PowerShell's `$env:`, compose files. */
import { shellWords } from '../shellWords.ts';

export interface Variable {
  name: string;
  value: string;
}

export interface ReadVariables {
  /** The last value of each, in the order of their first appearance. */
  variables: Variable[];
  /** Those that stand within another one's value, where they are filled in. */
  within: ReadonlySet<string>;
  /** Lines (from 1) that are no variable. */
  unread: number[];
}

const name = '[A-Za-z_][A-Za-z0-9_]*';
const powerShell = new RegExp(`[ \\t;]*\\$env:(${name})[ \\t]*=[ \\t]*`, 'iy');
const assignment = new RegExp(
  `[ \\t;]*(?:[$>][ \\t]+)?(?:(?:export|set|setx|declare[ \\t]+-x|typeset[ \\t]+-x|ENV|-)[ \\t]+)?(["']?)(${name})(["']?)(?:[ \\t]*=[ \\t]*|:[ \\t]+)`,
  'y',
);
/** Empty lines and comments, and what only holds the others together: `environment:`, `{`, ```` ``` ````. */
const blank = /[ \t;,]*(?:(?:#|\/\/|```)[^\n]*|[\w-]+:[ \t]*|[{}[\]][ \t]*,?)?(?:\n|$)/y;
/** As Azure Load Testing and Kubernetes write them: a name and a value on lines of their own. */
const nameAndValue = new RegExp(
  `^[ \\t]*-?[ \\t]*["']?name["']?:[ \\t]*["']?(${name})["']?[ \\t]*,?\\n[ \\t]*["']?value["']?:[ \\t]*(.*)$`,
  'gm',
);
const dockerFlag = new RegExp(`(?:^|[\\s])(?:-e|--env)[ =]["']?${name}(?:=|\\s|$)`);

const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

interface ReadValue {
  value: string;
  next: number;
  /** It ended where a shell ends a word, so that more may follow on its line. */
  isWord?: boolean;
}

/** A value in quotes, over several lines too; null when the quote never closes. */
function quotedValue(text: string, from: number, quote: string): ReadValue | null {
  let value = '';
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === quote) {
      // PowerShell and SQL write a quote within quotes twice.
      if (text.charAt(i + 1) !== quote || quote === '"') return { value, next: i + 1 };
      i++;
    }
    if (c === '\\' && quote === '"' && i + 1 < text.length) {
      i++;
      const escaped = text.charAt(i);
      value += escapes[escaped] ?? (/["\\$`\n]/.test(escaped) ? escaped : `\\${escaped}`);
    } else value += c;
  }
  return null;
}

function plainValue(text: string, from: number, wordsOnly: boolean): ReadValue {
  const newline = text.indexOf('\n', from);
  const line = text.slice(from, newline === -1 ? text.length : newline);
  // `A=1 B=2 command`, as a shell reads it; a .env file takes the whole line.
  const isShell = wordsOnly || new RegExp(`^[^\\s'"]*[ \\t]+${name}=`).test(line);
  const value = isShell
    ? (/^[^\s;]*/.exec(line)?.[0] ?? '')
    : line.replace(/(^|\s+)#.*$/, '').replace(/;\s*$/, '');
  return { value: value.trim(), next: from + (isShell ? value.length : line.length), isWord: isShell };
}

/** `around`: the quote that the whole assignment stands in. */
function valueAt(text: string, from: number, wordsOnly: boolean, around: string): ReadValue {
  if (around !== '') return quotedValue(text, from, around) ?? plainValue(text, from, wordsOnly);
  const quote = text.charAt(from);
  const value = quote === '"' || quote === "'" ? quotedValue(text, from + 1, quote) : null;
  return value ?? plainValue(text, from, wordsOnly);
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function readLines(text: string): { found: Variable[]; unread: number[] } {
  const found: Variable[] = [];
  const unread: number[] = [];
  let i = 0;
  let line = 1;
  let wordsOnLine = 0;
  const goOn = (to: number): void => {
    line += lineBreaks(text, i, to);
    i = to;
  };
  while (i < text.length) {
    blank.lastIndex = i;
    const empty = blank.exec(text);
    if (empty && empty[0] !== '') {
      goOn(i + empty[0].length);
      continue;
    }
    powerShell.lastIndex = i;
    assignment.lastIndex = i;
    const inPowerShell = powerShell.exec(text);
    const match = inPowerShell ?? assignment.exec(text);
    const called = inPowerShell ? inPowerShell[1] : match?.[2];
    if (match && called !== undefined) {
      const start = i + match[0].length;
      const shell = wordsOnLine === line || /^[ \t;]*(export|declare|typeset|ENV)\b/.test(match[0]);
      const around = inPowerShell || match[3] !== '' ? '' : (match[1] ?? '');
      const { value, next, isWord } = valueAt(text, start, shell, around);
      if (shell || isWord === true) wordsOnLine = line;
      found.push({ name: called, value });
      goOn(next);
      continue;
    }
    if (unread.at(-1) !== line) unread.push(line);
    const newline = text.indexOf('\n', i);
    goOn(newline === -1 ? text.length : newline + 1);
  }
  return { found, unread };
}

/** The values of `-e A=b` and `--env A=b` of a command. */
function readDocker(text: string): Variable[] {
  const words = shellWords(text)
    .filter((word) => !word.operator)
    .map((word) => word.text);
  return words.flatMap((word, i): Variable[] => {
    const given = /^(?:-e|--env)$/.test(word)
      ? (words[i + 1] ?? '')
      : (/^(?:--env=|-e=?)(.+)$/s.exec(word)?.[1] ?? '');
    const match = new RegExp(`^(${name})=(.*)$`, 's').exec(given);
    return match?.[1] === undefined ? [] : [{ name: match[1], value: match[2] ?? '' }];
  });
}

/** Values that name each other grow with every line. */
const longestFilled = 20_000;

/** Puts what a `${NAME}` of the same text stands for in its place; others are left as they are. */
function fill(value: string, known: ReadonlyMap<string, string>, used: Set<string>): string {
  const filled = value.replaceAll(
    /\$\{([A-Za-z_]\w*)(?::?[-=]([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, fallback: string | undefined, plain: string | undefined) => {
      const called = braced ?? plain ?? '';
      if (known.has(called)) used.add(called);
      return known.get(called) ?? fallback ?? whole;
    },
  );
  return filled.length > longestFilled ? value : filled;
}

/** Reads every variable of a text. */
export function readVariables(written: string): ReadVariables {
  const text = written
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(nameAndValue, '$1=$2');
  const docker = dockerFlag.test(text) ? readDocker(text) : [];
  const { found, unread } = docker.length > 0 ? { found: docker, unread: [] } : readLines(text);
  const values = new Map<string, string>();
  const within = new Set<string>();
  for (const variable of found) values.set(variable.name, fill(variable.value, values, within));
  const variables = [...values].map(([called, value]) => ({ name: called, value }));
  return { variables, within, unread };
}
