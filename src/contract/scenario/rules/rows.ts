/** Fields of rows of data that requests name, and the rows that have them. */
import type { ValueProblem } from '../explain.ts';
import { nearest } from '../nearest.ts';
import { requestersOf } from '../steps.ts';
import type { ScenarioFile } from '../file.ts';
import { feedReferences, type Reference } from './references.ts';

type Row = Readonly<Record<string, unknown>>;

/** What stops a run from being made, and what lets it be made and should be known. */
export interface Findings {
  problems: ValueProblem[];
  warnings: ValueProblem[];
}

const mostNamed = 12;

/** What stands in a value at `fields`, as far as it goes: the last value on the way, and how many of them led there. */
function walked(row: Row, fields: readonly string[]): { value: unknown; depth: number } {
  let value: unknown = row;
  let depth = 0;
  for (const field of fields) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) break;
    value = Reflect.get(value, field);
    depth++;
  }
  return { value, depth };
}

/** How many of the rows have no such field, the first of them (from 1), and how far the best of them goes. */
function lackOf(rows: readonly Row[], fields: readonly string[]) {
  let [count, first, deepest] = [0, 0, 0];
  rows.forEach((row, i) => {
    const { depth, value } = walked(row, fields);
    deepest = Math.max(deepest, depth);
    if (depth === fields.length && value !== undefined) return;
    if (count++ === 0) first = i + 1;
  });
  return { count, first, deepest };
}

function keysAt(rows: readonly Row[], fields: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const row of rows) {
    const { value, depth } = walked(row, fields);
    if (depth < fields.length || typeof value !== 'object' || value === null || Array.isArray(value))
      continue;
    for (const key of Object.keys(value)) keys.add(key);
  }
  return [...keys];
}

/** What the field may have been called instead, as the end of a sentence. */
function insteadOf(rows: readonly Row[], fields: readonly string[], deepest: number): string {
  const before = fields.slice(0, deepest);
  const known = keysAt(rows, before);
  const whole = (key: string) => [...before, key].join('.');
  const near = nearest(fields[deepest] ?? '', known);
  if (near !== null) return `; did you mean ${JSON.stringify(whole(near))}?`;
  if (known.length === 0) return deepest === 0 ? '' : `; ${JSON.stringify(before.join('.'))} has no fields`;
  const more = known.length > mostNamed ? ` and ${known.length - mostNamed} more` : '';
  return `; there ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, mostNamed).map(whole).join(', ')}${more}`;
}

/**
 * Fields that no row has, and those that some rows lack. `source` names the rows: `user`, `user (users.json)`. Each field is
 * looked for once, however often it is named.
 */
export function fieldFindings(
  references: readonly Reference[],
  rows: readonly Row[],
  source: string,
): Findings {
  const found: Findings = { problems: [], warnings: [] };
  const known = new Map<string, { severity: keyof Findings; message: string } | null>();
  const judged = ({ fields, text, name }: Reference) => {
    const { count, first, deepest } = lackOf(rows, fields);
    if (count === 0) return null;
    const field = JSON.stringify(text.slice(2 + name.length, -1).replace(/^\./, ''));
    if (count === rows.length)
      return {
        severity: 'problems' as const,
        message: `the rows of ${source} have no field ${field}${insteadOf(rows, fields, deepest)}`,
      };
    const some =
      count === 1
        ? `row ${first} of the ${rows.length} rows of ${source} has no field ${field}`
        : `${count} of the ${rows.length} rows of ${source} have no field ${field}, row ${first} the first`;
    return {
      severity: 'warnings' as const,
      message: `${some}: requests that are filled in from ${count === 1 ? 'it' : 'them'} fail`,
    };
  };
  for (const reference of references) {
    const key = JSON.stringify(reference.fields);
    const before = known.get(key);
    const verdict = before === undefined ? judged(reference) : before;
    known.set(key, verdict);
    if (verdict !== null) found[verdict.severity].push({ path: reference.path, message: verdict.message });
  }
  return found;
}

/** The same of the rows that stand in the scenario; those of files are known when they are read. */
export function inlineFindings(file: ScenarioFile): Findings {
  const all = requestersOf(file).flatMap(({ requester, path }) => {
    const references = feedReferences(requester, path);
    return requester.data.map(({ name, rows }) =>
      rows === undefined ? none : fieldFindings(references.get(name) ?? [], rows, name),
    );
  });
  return together(all);
}

const none: Findings = { problems: [], warnings: [] };

/** Several as one. */
export function together(all: readonly Findings[]): Findings {
  return {
    problems: all.flatMap(({ problems }) => problems),
    warnings: all.flatMap(({ warnings }) => warnings),
  };
}
