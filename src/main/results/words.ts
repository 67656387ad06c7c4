/** Words and numbers as the results of other tools have them. */
import { maskText } from '../history/masking.ts';

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** `&quot;` and its like as what they stand for: older Locust escapes what it reports. */
export function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, ten, hex, name) => {
    const code = ten === undefined ? (hex === undefined ? null : parseInt(String(hex), 16)) : Number(ten);
    if (code === null) return named[String(name).toLowerCase()] ?? whole;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** An error as it was raised: Locust's master hands on those of its workers in quotes of their own. */
export function errorText(raw: string): string {
  const text = unescapeHtml(raw).trim();
  const quoted = /^"([\s\S]*)"$/.exec(text) ?? /^'([\s\S]*)'$/.exec(text);
  return shown(quoted?.[1] ?? text);
}

const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g; // eslint-disable-line no-control-regex

/** Text of a file as it may be kept: no secrets, no control characters, not endless. */
export function shown(text: string, most = 2000): string {
  return maskText(text.replaceAll(controls, '').trim()).slice(0, most);
}

/** A short stable word for an error: `http_500`, `TimeoutError`, `SocketTimeoutException`. */
export function errorWord(text: string): string {
  const http = /\b([45]\d\d) (?:Client|Server) Error\b/.exec(text) ?? /^\s*([45]\d\d)\s*$/.exec(text);
  if (http?.[1] !== undefined) return `http_${http[1]}`;
  const raised =
    /(?:^|[\s:])(?:[A-Za-z_]\w*\.)*([A-Z]\w*(?:Error|Exception|Failure|Failed|Timeout|Refused|Closed))\b/.exec(
      text,
    );
  if (raised?.[1] !== undefined) return raised[1];
  const word = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 40);
  return word === '' ? 'failed' : word;
}

/** The number a cell holds; null: none, or not one (`N/A`, empty). */
export function numberIn(text: string | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : null;
}

/** A count: a whole number from 0; anything else is null. */
export function countIn(text: string | undefined): number | null {
  const value = numberIn(text);
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A latency in ms; a negative one is none. */
export function msIn(text: string | undefined): number | null {
  const value = numberIn(text);
  return value !== null && value >= 0 ? value : null;
}

/** `512 B`, `12.4 MB`, `2 GB` (1 kB = 1000 B). */
export function formatSize(bytes: number): string {
  for (const [size, unit] of [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const)
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}`;
  return `${bytes} B`;
} // prettier-ignore

/** `a`, `a and b`, `a, b and c`; beyond `most` how many more there are. */
export function listed(words: readonly string[], most = 6): string {
  const first = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : [...words];
  const last = first.pop() ?? '';
  return first.length === 0 ? last : `${first.join(', ')} and ${last}`;
}

/** A count with its word: `1 row`, `2 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
