/** What the dialogs make of a scenario's text before there is a file: its load, and the same under another name. */
import { isMap, isScalar, parseDocument, stringify } from 'yaml';
import { type LoadProfile, toLoadProfile } from '#contract/scenario/load';
import { mapOf, readLoad } from '../load/readLoad.ts';

/** The load for all users of a scenario's text, to be drawn; null when it has none. */
export function loadOf(yaml: string): LoadProfile | null {
  const document = parseDocument(yaml);
  const scenario: unknown = document.errors.length > 0 ? null : document.toJS();
  const load = readLoad(mapOf(scenario)?.load);
  return load && toLoadProfile(load);
}

/** A scenario's text under another name; nothing else of it changes. Without a name of its own it gets one at the top. */
export function withName(yaml: string, name: string): string {
  const written = stringify(name, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
  // A name of several lines would be written as a block; names have one.
  const quoted = written.includes('\n') ? JSON.stringify(name) : written;
  const { contents } = parseDocument(yaml);
  const pair = isMap(contents)
    ? contents.items.find((item) => isScalar(item.key) && item.key.value === 'name')
    : undefined;
  const range = isScalar(pair?.value) ? pair.value.range : undefined;
  if (!range) return `name: ${quoted}\n${yaml}`;
  return `${yaml.slice(0, range[0])}${quoted}${yaml.slice(range[1])}`;
}
