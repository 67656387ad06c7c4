/** Edits of lists of steps in the document. */
import type { ValuePath } from '#contract/scenario/shape';
import { isPlainMap } from '../../document/plain.ts';
import type { YamlDocument } from '../../document/yamlDocument.svelte.ts';
import { freeName, listAt } from '../conversations/edits.ts';
import { isGroup, listIn } from './readSteps.ts';

/** Puts a copy of a step or group below it, under a name of its own where it has one; where the copy is. */
export function duplicateStep(document: YamlDocument, list: ValuePath, at: number): number {
  const entries = listAt(document, list);
  const entry = entries[at];
  const key = isGroup(entry) ? 'group' : 'name';
  const name = isPlainMap(entry) ? entry[key] : undefined;
  const names = entries.map((one) => ({ name: isPlainMap(one) ? one[key] : undefined }));
  const copy =
    isPlainMap(entry) && typeof name === 'string' ? { ...entry, [key]: freeName(names, name) } : entry;
  document.insert(list, at + 1, copy);
  return at + 1;
}

/** Puts the steps of a group in its place. */
export function ungroup(document: YamlDocument, list: ValuePath, at: number): void {
  const entries = listAt(document, list);
  const group = entries[at];
  if (!isGroup(group)) return;
  document.set(list, [...entries.slice(0, at), ...listIn(group.steps), ...entries.slice(at + 1)]);
}
