/** For the tests of this folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportKind, ImportNote } from '#contract/api/scenarios';
import type { ScenarioFile } from '#contract/scenario/file';
import { checkScenario } from '../scenarios/check.ts';
import { parseScenarioText } from '../scenarios/source.ts';
import { importScenario, type ImportedScenario } from './index.ts';

/** A fixture as text. */
export function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../test/fixtures/imports', name), 'utf8');
}

export interface Outcome extends ImportedScenario {
  file: ScenarioFile;
  /** Notes of a level as `from: text`. */
  noted: (level: ImportNote['level']) => string[];
}

/** Imports a text and reads the scenario back; throws when either fails. */
export function imported(text: string, kind: 'auto' | ImportKind = 'auto'): Outcome {
  const result = importScenario(kind, text);
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  const parsed = parseScenarioText('imported.yaml', result.value.yaml);
  const checked = 'source' in parsed ? checkScenario(parsed.source) : parsed;
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  const noted = (level: ImportNote['level']) =>
    result.value.notes
      .filter((note) => note.level === level)
      .map(({ from, text: said }) => `${from}: ${said}`);
  return { ...result.value, file: checked.file, noted };
}

/** The code of the error that an import ends with. */
export function refusal(text: string, kind: 'auto' | ImportKind = 'auto'): { code: string; message: string } {
  const result = importScenario(kind, text);
  if (result.ok) throw new Error(`imported as ${result.value.kind}`);
  return { code: result.error.code, message: result.error.message };
}
