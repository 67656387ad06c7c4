import { fail, type Result } from '#contract/errors';

const mebibyte = 1024 * 1024;
/** Almost ten minutes of 44.1 kHz stereo as a browser decodes it; an utterance is seconds. */
export const largestRecordingBytes = 200 * mebibyte;

/** Error: `recording_too_large`. */
export function tooLarge(name: string, bytes: number): Result<never> {
  const size =
    bytes >= 1024 * mebibyte
      ? `${(bytes / 1024 / mebibyte).toFixed(1)} GB`
      : `${Math.ceil(bytes / mebibyte)} MB`;
  return fail(
    'invalid_input',
    'recording_too_large',
    `${name} has ${size}; at most ${largestRecordingBytes / mebibyte} MB can be brought in. Cut out what is said in one turn, or save it as 16 kHz mono.`,
  );
}
