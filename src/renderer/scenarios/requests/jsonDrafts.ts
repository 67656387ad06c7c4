/** Texts that are no JSON yet, kept while their field is not on screen: nothing that was written is lost. */
import { formatPath, type ValuePath } from '#contract/scenario/shape';
import type { YamlDocument } from '../../document/yamlDocument.svelte.ts';

interface Draft {
  text: string;
  /** What the document had there. */
  over: unknown;
}

const drafts = new WeakMap<YamlDocument, Map<string, Draft>>();

/** Keeps a text, or forgets it (null). */
export function keepDraft(document: YamlDocument, path: ValuePath, text: string | null, over: unknown): void {
  const kept = drafts.get(document) ?? new Map<string, Draft>();
  drafts.set(document, kept);
  if (text === null) kept.delete(formatPath(path));
  else kept.set(formatPath(path), { text, over });
}

/** What was written over the value that is there now; null: nothing. */
export function draftOf(document: YamlDocument, path: ValuePath, value: unknown): string | null {
  const draft = drafts.get(document)?.get(formatPath(path));
  return draft !== undefined && draft.over === value ? draft.text : null;
}
