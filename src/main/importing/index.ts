/** Importing what exists: environment variables, Locust command lines and k6 scripts become scenarios. Nothing is run or written. */
import type { ImportKind, ImportNote } from '#contract/api/scenarios';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { checkScenario } from '../scenarios/check.ts';
import { problemsError } from '../scenarios/problems.ts';
import { parseScenarioText } from '../scenarios/source.ts';
import { detectKind } from './detect.ts';
import type { ScenarioDraft } from './draft.ts';
import { importK6 } from './k6/import.ts';
import { importLocust } from './locust/import.ts';
import { importVariables } from './variables/import.ts';
import { yamlOf } from './written.ts';

export interface ImportedScenario {
  kind: ImportKind;
  name: string;
  /** A valid scenario, commented. */
  yaml: string;
  notes: ImportNote[];
}

const importers: Record<ImportKind, (text: string) => Result<ScenarioDraft>> = {
  env: importVariables,
  locust: importLocust,
  k6: importK6,
};

function written(draft: ScenarioDraft): Result<ImportedScenario> {
  const yaml = yamlOf(draft);
  const parsed = parseScenarioText('imported.yaml', yaml);
  const checked = 'problems' in parsed ? parsed : checkScenario(parsed.source);
  if ('problems' in checked) return problemsError(checked.problems);
  return ok({ kind: draft.kind, name: checked.file.name, yaml, notes: draft.notes.list });
}

/**
 * Reads a text and makes a scenario of it that is valid as it stands; `auto` finds out what the text is. What could not
 * be carried over is in the notes, with secrets masked. Errors: `unknown_import` (cannot be told what it is),
 * `nothing_to_import`, `unreadable_script`, `presets_unreadable`.
 */
export function importScenario(kind: 'auto' | ImportKind, text: string): Result<ImportedScenario> {
  try {
    if (text.trim() === '')
      return fail(
        'invalid_input',
        'nothing_to_import',
        'There is no text to import; paste one, or choose a file.',
      );
    const found = kind === 'auto' ? detectKind(text) : kind;
    if (found === null) {
      return fail(
        'invalid_input',
        'unknown_import',
        'It cannot be told what this is: it has no variables of a voice load test (like WS_URL=…), no locust command and no k6 options. Choose what it is, or paste the part that says so.',
      );
    }
    const draft = importers[found](text);
    return draft.ok ? written(draft.value) : draft;
  } catch (thrown) {
    return { ok: false, error: toAppError(thrown, 'import_failed') };
  }
}
