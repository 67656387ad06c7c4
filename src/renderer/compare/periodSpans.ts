/** When the periods of a run began and ended, as its scenario has them. */
import { parse } from 'yaml';
import { formatDuration, parseDuration } from '#contract/units';

function textAt(entry: unknown, key: string): string {
  if (typeof entry !== 'object' || entry === null) return '';
  const value: unknown = Object.entries(entry).find(([name]) => name === key)?.[1];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function lengthOf(written: string): string | null {
  const ms = parseDuration(written);
  return ms === null ? null : formatDuration(ms);
}

/** `0s – 1m30s` after the start of the load, by name; a period whose ends cannot be read is left out. */
export function periodSpans(yaml: string): Readonly<Record<string, string>> {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch {
    return {};
  }
  const periods =
    typeof document === 'object' && document !== null && 'periods' in document ? document.periods : [];
  if (!Array.isArray(periods)) return {};
  return Object.fromEntries(
    periods.flatMap((entry: unknown): [string, string][] => {
      const [from, to] = [lengthOf(textAt(entry, 'from')), lengthOf(textAt(entry, 'to'))];
      return from === null || to === null ? [] : [[textAt(entry, 'name'), `${from} – ${to}`]];
    }),
  );
}
