/** The file of `crosstalk check --log`: every frame of the calls, one JSON line each. */
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { CheckFrame } from '#contract/checks';
import { fail, ok, type Result } from '#contract/errors';
import { diskReason } from '../../diskReason.ts';

export interface FrameFile {
  /** Frames of this target follow. */
  target(url: string): void;
  add(frames: readonly CheckFrame[]): void;
  /** Puts the file in its place; what to tell the operator. */
  end(): Result<string>;
  /** What was not ended leaves nothing behind. */
  close(): void;
}

/** Written aside and put in its place at the end. Errors: `log_unwritable`. */
export function openFrameFile(path: string): Result<FrameFile> {
  const aside = `${path}.${process.pid}.part`;
  const unwritable = (error: unknown) =>
    fail('unavailable', 'log_unwritable', `The frames cannot be written to ${path}: ${diskReason(error)}.`);
  let file: number;
  try {
    file = openSync(aside, 'w', 0o600);
  } catch (error) {
    return unwritable(error);
  }
  let open = true;
  let problem: { cause: unknown } | null = null;
  let count = 0;
  let url = '';
  return ok({
    target: (shown) => (url = shown),
    add(frames) {
      if (problem !== null || frames.length === 0) return;
      count += frames.length;
      try {
        writeSync(file, frames.map((frame) => `${JSON.stringify({ target: url, ...frame })}\n`).join(''));
      } catch (error) {
        problem = { cause: error };
      }
    },
    end() {
      if (problem !== null) return unwritable(problem.cause);
      try {
        closeSync(file);
        open = false;
        renameSync(aside, path);
      } catch (error) {
        return unwritable(error);
      }
      return ok(`${count} frames are in ${path}`);
    },
    close() {
      if (open) closeSync(file);
      open = false;
      rmSync(aside, { force: true });
    },
  });
}
