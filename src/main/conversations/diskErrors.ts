import { fail, type Result } from '#contract/errors';

const sentences: Record<string, string> = {
  EACCES: 'permission denied; give yourself the right to write there',
  EPERM: 'permission denied; give yourself the right to write there',
  EROFS: 'the disk is read-only; choose another home with CROSSTALK_HOME',
  ENOSPC: 'the disk is full; make room and try again',
  EDQUOT: 'the disk is full; make room and try again',
  ENOTDIR: 'a file is where a folder should be; move it away',
  EEXIST: 'a file is where a folder should be; move it away',
  EISDIR: 'a folder is where the file should be; move it away',
  EMFILE: 'too many files are open; close other programs and try again',
};

/** What the disk refused, in a sentence: `what` is like `The conversation cannot be saved in /x`. Error: `disk_refused`. */
export function diskRefused(what: string, thrown: unknown): Result<never> {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return fail('unavailable', 'disk_refused', `${what}: ${sentences[code] ?? why}.`, { detail: why });
}
