/** A small file of named secrets that only its owner may read. */
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { writeAtomically } from '../atomicFile.ts';

const Content = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.string()) });

export interface SecretFile {
  /** By name. Errors: `secrets_unreadable`, `secrets_unprotected`. */
  read(): Result<Record<string, string>>;
  /** Writes aside and renames. Error: `secrets_not_written`. */
  write(secrets: Record<string, string>): Result<void>;
  /** What the operator should know: others could read it until now. */
  readonly notice: string | null;
}

/** Nothing is read or written before it is asked for. */
export function secretFile(file: string): SecretFile {
  let notice: string | null = null;

  /** Takes away what others may do with it; Windows has no such bits. */
  function protect(): Result<void> {
    if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return ok(undefined);
    try {
      chmodSync(file, 0o600);
    } catch (thrown) {
      return fail(
        'refused',
        'secrets_unprotected',
        `The secrets in ${file} can be read by others on this machine and are not used; make the file yours alone (chmod 600).`,
        { detail: toAppError(thrown).message },
      );
    }
    notice = `The secrets in ${file} could be read by others on this machine; that is mended now, but a key that lay open should be replaced.`;
    return ok(undefined);
  }

  return {
    get notice() {
      return notice;
    },

    read() {
      const unreadable = (why: string) =>
        fail(
          'unavailable',
          'secrets_unreadable',
          `The secrets in ${file} cannot be read (${why}); delete the file and type them in again.`,
        );
      let text: string;
      try {
        const protectedNow = protect();
        if (!protectedNow.ok) return protectedNow;
        text = readFileSync(file, 'utf8');
      } catch (thrown) {
        const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
        return missing ? ok({}) : unreadable(toAppError(thrown).message);
      }
      let content: unknown;
      try {
        content = JSON.parse(text);
      } catch {
        // The message of a parser quotes what it read.
        return unreadable('it is not JSON');
      }
      const parsed = Content.safeParse(content);
      return parsed.success ? ok(parsed.data.secrets) : unreadable('it has another form than expected');
    },

    write(secrets) {
      try {
        writeAtomically(file, `${JSON.stringify({ version: 1, secrets }, null, 2)}\n`);
        return ok(undefined);
      } catch (thrown) {
        return fail(
          'unavailable',
          'secrets_not_written',
          `The secret cannot be kept in ${file} (${toAppError(thrown).message}).`,
        );
      }
    },
  };
}
