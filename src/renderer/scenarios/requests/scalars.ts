/** Values as a line of text: numbers, `true`, `false` and JSON as such, everything else as words. Pure. */
import { isPlainMap } from '../../document/plain.ts';

/** `5` is the number, `"5"` the text; what is no JSON is a text as it stands. */
export function readScalar(text: string): unknown {
  const trimmed = text.trim();
  if (!/^(-?\d|true$|false$|null$|["[{])/.test(trimmed)) return text;
  try {
    return JSON.parse(trimmed);
  } catch {
    return text;
  }
}

/** The line that is read as the value. */
export function writeScalar(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return readScalar(value) === value ? value : JSON.stringify(value);
}

export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `1s`, or `1s to 3s`, as the file writes a wait. */
export function readSpan(text: string): unknown {
  const [, from, to] = /^\s*(\S+?)\s*(?:\bto\b|\.\.|–|—)\s*(\S+)\s*$/.exec(text) ?? [];
  return from === undefined || to === undefined ? text.trim() : { from, to };
}

/** `2`, or `2 to 5`: whole numbers where they are some. */
export function readCountSpan(text: string): unknown {
  const read = readSpan(text);
  const number = (word: unknown) => (typeof word === 'string' && /^\d+$/.test(word) ? Number(word) : word);
  if (!isPlainMap(read)) return number(read);
  return { from: number(read.from), to: number(read.to) };
}

export function writeSpan(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!isPlainMap(value)) return value === undefined || value === null ? '' : JSON.stringify(value);
  const { from, to } = value;
  const plain = (end: unknown) => (typeof end === 'string' || typeof end === 'number' ? String(end) : '…');
  return from === undefined && to === undefined ? JSON.stringify(value) : `${plain(from)} to ${plain(to)}`;
}

const word = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

/** `200, 2xx`: one entry by itself, several as a list. */
export function readWords(text: string): unknown {
  const words = readWordList(text);
  return words.length === 1 ? words[0] : words;
}

/** The same, always as a list. */
export function readWordList(text: string): (string | number)[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(word);
}

export function writeWords(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => writeSpan(one)).join(', ');
  return writeSpan(value);
}

/** `red, 5, "a, b"`: several values of one line; what stands in quotes keeps its commas. */
export function readScalarList(text: string): unknown {
  const parts = text.match(/\s*(?:"(?:[^"\\]|\\.)*"(?=\s*(?:,|$))|[^,]+)/g) ?? [];
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readScalar);
}

export function writeScalarList(value: unknown): string {
  if (!Array.isArray(value)) return writeScalar(value);
  return value
    .map((one) =>
      typeof one === 'string' && (one === '' || one.includes(',') || one.trim() !== one)
        ? JSON.stringify(one)
        : writeScalar(one),
    )
    .join(', ');
}
