/** What is written of `${name}` in requests, and where. */
import { templatePlaceholders } from '../placeholders.ts';
import { stepsOf, type PlacedStep, type Requester } from '../steps.ts';
import type { Path } from './words.ts';

/** A `${name.field}` of a text, and where the text stands. */
export interface Reference {
  name: string;
  fields: string[];
  text: string;
  path: Path;
}

/** Every variable that the texts of a value name. */
export function referencesIn(value: unknown, path: Path): Reference[] {
  if (typeof value === 'string')
    return templatePlaceholders(value).found.flatMap((found) =>
      found.kind === 'variable' ? [{ name: found.name, fields: found.fields, text: found.text, path }] : [],
    );
  if (Array.isArray(value)) return value.flatMap((entry, i) => referencesIn(entry, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => referencesIn(entry, [...path, key]));
}

const sent = [
  'get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'query', 'headers', 'json', 'form', 'body',
  'message', 'messages', 'metadata',
]; // prettier-ignore

/** Those of everything that a step sends. */
export function referencesOfStep({ step, path }: PlacedStep): Reference[] {
  const own = Object.entries(step).flatMap(([key, value]) =>
    sent.includes(key) ? referencesIn(value, [...path, key]) : [],
  );
  if ('rpc' in step) return [...own, ...referencesIn(step.audio?.message, [...path, 'audio', 'message'])];
  const parts = (step.multipart ?? []).flatMap(({ name, value, filename, type }, i) =>
    referencesIn({ name, value, filename, type }, [...path, 'multipart', i]),
  );
  return [...own, ...parts];
}

/** Headers or metadata of a users entry that a step does not write anew. */
export function inheritedBy(requester: Requester, { step }: PlacedStep, path: Path): Reference[] {
  const [key, all] =
    requester.kind === 'http' ? ['headers', requester.headers] : ['metadata', requester.metadata];
  const over = 'rpc' in step ? step.metadata : step.headers;
  const names = new Set(Object.keys(over).map((name) => name.toLowerCase()));
  return Object.entries(all).flatMap(([name, value]) =>
    names.has(name.toLowerCase()) ? [] : referencesIn(value, [...path, key, name]),
  );
}

/** What requests name of rows of data, by the name of the feed; where a response gives the name another value, nothing. */
export function feedReferences(requester: Requester, path: Path): Map<string, Reference[]> {
  const steps = stepsOf(requester, path);
  const taken = new Set(steps.flatMap(({ step }) => Object.keys(step.extract)));
  const byFeed = new Map<string, Reference[]>(
    requester.data.flatMap(({ name }): [string, Reference[]][] => (taken.has(name) ? [] : [[name, []]])),
  );
  if (byFeed.size === 0) return byFeed;
  const all = [
    ...steps.flatMap((placed) => [...referencesOfStep(placed), ...inheritedBy(requester, placed, path)]),
    ...referencesIn(requester.variables, [...path, 'variables']),
  ];
  const seen = new Set<string>();
  for (const reference of all) {
    const key = JSON.stringify([reference.text, reference.path]);
    if (reference.fields.length === 0 || seen.has(key)) continue;
    seen.add(key);
    byFeed.get(reference.name)?.push(reference);
  }
  return byFeed;
}
