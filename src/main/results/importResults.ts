/** Results on disk, into the history: the same for the screens and for the command line. */
import type { ImportOutcome, ResultsFound } from '#contract/api/results';
import { CrosstalkError, ok, toAppError, type Result } from '#contract/errors';
import type { History } from '../history/history.ts';
import { mostBytes, problem, type Reading, type ResultFile } from './files.ts';
import type { ImportNaming, RecordContext } from './record.ts';
import { understand, type Understood } from './understand.ts';
import { formatSize } from './words.ts';

/** What goes wrong on the way is a value: an expected failure keeps its sentence, any other says which files it was about. */
async function answered<T>(files: readonly ResultFile[], work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work());
  } catch (thrown) {
    if (thrown instanceof CrosstalkError) return { ok: false, error: thrown.error };
    const cause = toAppError(thrown, 'import_failed');
    const names = files.map(({ name }) => name).join(', ');
    return {
      ok: false,
      error: {
        kind: 'unavailable',
        code: 'import_failed',
        message: `${names} cannot be imported: ${cause.message}.`,
        detail: cause.detail,
      },
    };
  }
}

/** What these files are. Nothing is kept. */
export function lookAt(files: readonly ResultFile[], reading: Reading): Promise<Result<Understood>> {
  return answered(files, () => {
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const most = reading.mostBytes ?? mostBytes;
    if (total > most)
      throw problem(
        'too_large',
        `The files have ${formatSize(total)}; at most ${formatSize(most)} are imported at once.`,
      );
    return understand(files, reading);
  });
}

export interface KeepOptions {
  history: History;
  naming: ImportNaming;
  context: RecordContext;
  reading: Reading;
  /** Told once everything is read and the history takes it in. */
  onWriting?: () => void;
}

/** Reads what was understood and keeps it as a run. */
export async function keepResults(
  files: readonly ResultFile[],
  { found, read }: Understood,
  options: KeepOptions,
): Promise<Result<ImportOutcome>> {
  const { history, naming, context, reading, onWriting } = options;
  const made = await answered(files, () => {
    if (read === null || found.kind === null)
      throw problem('unknown_results', found.problem ?? 'These files are not understood.');
    return read(naming, context, reading);
  });
  if (!made.ok) return made;
  onWriting?.();
  const kept = await history.importRun(made.value.record, reading.signal);
  if (!kept.ok) return kept;
  return ok({
    row: kept.value,
    kind: kindOf(found),
    missing: made.value.record.imported.missing,
    notes: made.value.notes,
  });
}

function kindOf(found: ResultsFound): ImportOutcome['kind'] {
  return found.kind ?? 'crosstalk';
}
