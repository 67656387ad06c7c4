/** What an environment's plain value says of what is watched beside a run, and what becomes of it when something is added or taken away. */
import { isPlainMap } from '../../document/plain.ts';

export const processWays = ['process', 'port', 'pid'] as const;
/** How a process is found. */
export type ProcessWay = (typeof processWays)[number];
export type WatchedList = 'processes' | 'prometheus';

/** The entries of a list as they are written; what is no map is empty. */
export function watchedIn(value: unknown, list: WatchedList): Record<string, unknown>[] {
  const resources = isPlainMap(value) ? value.resources : undefined;
  const entries: unknown = isPlainMap(resources) ? resources[list] : undefined;
  return Array.isArray(entries) ? entries.map((entry: unknown) => (isPlainMap(entry) ? entry : {})) : [];
}

/** How a process is found as it is written; by its name where nothing says how. */
export function wayOf(process: Record<string, unknown>): ProcessWay {
  return processWays.find((way) => way in process) ?? 'process';
}

/** The same process, found in another way. */
export function foundBy(process: Record<string, unknown>, way: ProcessWay): Record<string, unknown> {
  const rest = Object.fromEntries(
    Object.entries(process).filter(([key]) => !processWays.some((known) => known === key)),
  );
  return { ...rest, [way]: '' };
}

/** A name that no entry has yet. */
export function freeName(wanted: string, entries: readonly Record<string, unknown>[]): string {
  const taken = new Set(entries.map(({ name }) => name));
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted} ${i}`;
    if (!taken.has(name)) return name;
  }
}

/** What the map `resources` is with one entry more. */
export function withWatched(
  value: unknown,
  list: WatchedList,
  entry: Record<string, unknown>,
): Record<string, unknown> {
  const resources = isPlainMap(value) && isPlainMap(value.resources) ? value.resources : {};
  return { ...resources, [list]: [...watchedIn(value, list), entry] };
}

/** What the map `resources` is with one entry less; null: nothing is left of it. */
export function withoutWatched(
  value: unknown,
  list: WatchedList,
  index: number,
): Record<string, unknown> | null {
  const resources = isPlainMap(value) && isPlainMap(value.resources) ? value.resources : {};
  const { [list]: _all, ...rest } = resources;
  const left = watchedIn(value, list).filter((_, i) => i !== index);
  const next = left.length === 0 ? rest : { ...resources, [list]: left };
  return 'processes' in next || 'prometheus' in next ? next : null;
}

/** The selectors of an endpoint as they are written; of longer ones the selector. */
export function selectorsOf(endpoint: Record<string, unknown>): string[] {
  const { series } = endpoint;
  if (!Array.isArray(series)) return [];
  return series.map((entry: unknown) => {
    const selector: unknown = isPlainMap(entry) ? entry.series : entry;
    return typeof selector === 'string' ? selector : '';
  });
}

/** The list of series with this one chosen, or not any more; the others stay as they are written. */
export function withSelector(
  endpoint: Record<string, unknown>,
  selector: string,
  chosen: boolean,
): unknown[] {
  const written: unknown[] = Array.isArray(endpoint.series) ? endpoint.series : [];
  const selectors = selectorsOf(endpoint);
  if (chosen) return selectors.includes(selector) ? written : [...written, selector];
  return written.filter((_, i) => selectors[i] !== selector);
}
