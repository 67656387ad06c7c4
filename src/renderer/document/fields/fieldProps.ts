import type { ScenarioProblem } from '#contract/api/scenarios';
import type { ValuePath } from '#contract/scenario/shape';
import type { YamlDocument } from '../yamlDocument.svelte.ts';

/** What every field of a document takes. */
export interface FieldProps {
  document: YamlDocument;
  /** Of the value it shows and changes. */
  path: ValuePath;
  label: string;
  /** Those of the whole document; one of exactly this path is shown under the field. */
  problems: readonly ScenarioProblem[];
  /** What holds when the key is absent, as the format says; shown in the empty field. */
  fallback?: string | undefined;
  /** An example, where nothing holds by itself. */
  placeholder?: string | undefined;
  /** A sentence about it, shown with the label. */
  hint?: string | undefined;
  /** Emptied it stays as an empty text (and is a problem); otherwise its key is removed. */
  required?: boolean | undefined;
  /** The label is for those who do not see the table's head. */
  labelHidden?: boolean | undefined;
}

/** A value as a field shows it; what no field can show is shown as JSON. */
export function fieldText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** What the control inside a field's frame needs to know. */
export interface FieldAbout {
  id: string;
  invalid: boolean;
  describedBy: string | undefined;
}
