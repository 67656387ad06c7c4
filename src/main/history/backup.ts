/** Has the database worker copy the history, and follows it. */
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { Ask } from './asking.ts';
import { databaseCalls } from './database/messages.ts';

const lookAgainMs = 50;

/**
 * Copies the history into `file`, which must not be there; the bytes it has. `onProgress` is told a share of 0–1.
 * Fails with `cancelled`, `file_exists`, or why it cannot be written; then there is no file.
 */
export async function backup(
  ask: Ask,
  file: string,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Result<number>> {
  const cancelled = () => signal.aborted;
  // A small history is copied before a cancellation could arrive.
  if (cancelled()) return fail('conflict', 'cancelled', 'The copy was cancelled.');
  const begun = await ask(databaseCalls.backupBegin, { file });
  if (!begun.ok) return begun;
  for (;;) {
    if (cancelled()) await ask(databaseCalls.backupCancel, null);
    const state = await ask(databaseCalls.backupState, null);
    if (!state.ok) return state;
    if (state.value.state === 'finished') return ok((await stat(file)).size);
    if (state.value.state === 'failed') return { ok: false, error: inWords(file, state.value.error) };
    onProgress(state.value.done);
    await wait(lookAgainMs);
  }
}

const words: [sign: RegExp, why: string][] = [
  [/\bENOENT\b/, 'its folder is not there'],
  [/\bENOTDIR\b/, 'a file is where its folder should be'],
  [/\bEACCES\b|\bEPERM\b/, 'permission denied'],
  [/\bENOSPC\b|\bEDQUOT\b/, 'the disk is full'],
  [/\bEROFS\b/, 'the disk is read-only'],
];

function inWords(file: string, error: AppError): AppError {
  if (error.kind === 'conflict') return error;
  const why = words.find(([sign]) => sign.test(error.message))?.[1] ?? error.message.replace(/\.$/, '');
  const failed = fail(
    'unavailable',
    'backup_failed',
    `The history could not be copied to ${file}: ${why}. Choose another place, or try again.`,
    { cause: error },
  );
  return failed.ok ? error : failed.error;
}
