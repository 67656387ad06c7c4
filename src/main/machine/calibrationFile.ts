/** The last calibration of this machine: one small file in the home folder. */
import { readFileSync } from 'node:fs';
import { Calibration } from '#contract/calibration';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { writeAtomically } from '../atomicFile.ts';

export interface CalibrationStore {
  /** The last one, wherever it was made; null when there is none. */
  get(): Calibration | null;
  /** Replaces the last one. It counts for this session even when the file cannot be written. */
  keep(calibration: Calibration): Result<void>;
  /** What the operator should know about how the file was found; null when all is well. */
  readonly notice: string | null;
}

/** Reads the file. One that cannot be understood counts as none, and is replaced by the next calibration. */
export function openCalibration(file: string): CalibrationStore {
  const read = readCalibration(file);
  let last = read.calibration;
  return {
    notice: read.notice,
    get: () => last,
    keep(calibration) {
      last = calibration;
      try {
        writeAtomically(file, `${JSON.stringify(calibration, null, 2)}\n`);
        return ok(undefined);
      } catch (thrown) {
        return fail(
          'unavailable',
          'calibration_not_written',
          `The calibration cannot be written to ${file} (${toAppError(thrown).message}); it counts until Crosstalk ends.`,
        );
      }
    },
  };
}

function readCalibration(file: string): { calibration: Calibration | null; notice: string | null } {
  const ignored = (why: string) => ({
    calibration: null,
    notice: `The calibration of this machine in ${file} is ignored (${why}); calibrate again in the settings or with crosstalk calibrate.`,
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    return missing ? { calibration: null, notice: null } : ignored(toAppError(thrown).message);
  }
  try {
    const parsed = Calibration.safeParse(JSON.parse(text));
    if (parsed.success) return { calibration: parsed.data, notice: null };
    const issue = parsed.error.issues[0];
    return ignored(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
  } catch (thrown) {
    return ignored(toAppError(thrown).message);
  }
}
