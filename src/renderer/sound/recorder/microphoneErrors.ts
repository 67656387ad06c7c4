/** What the browser says when there is no microphone, in words that help. */
import type { AppError } from '#contract/errors';
import { soundProblem } from '../problem.ts';

/** @param door who guards the microphone: a browser asks the operator itself, in the desktop app the system does. */
export function microphoneError(thrown: unknown, door: string): AppError {
  const name = thrown instanceof Error ? thrown.name : '';
  const tell = (kind: AppError['kind'], code: string, message: string) =>
    soundProblem(kind, code, message, thrown).error;
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return tell(
        'refused',
        'microphone_denied',
        door === 'desktop'
          ? 'The system does not let Crosstalk use the microphone. Allow it in the privacy settings of the system, under Microphone, then try again.'
          : 'The browser does not let this page use the microphone. Allow it at the left of the address bar, then try again.',
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return tell(
        'not_found',
        'no_microphone',
        'No microphone was found. Connect one and try again, or take the sound from a file.',
      );
    case 'NotReadableError':
    case 'AbortError':
      return tell(
        'unavailable',
        'microphone_busy',
        'The microphone gives no sound. Another program may be using it, or it was unplugged; close the other program or choose another microphone, then try again.',
      );
    default:
      return tell(
        'unavailable',
        'microphone_failed',
        'The microphone could not be opened. Try again, or take the sound from a file.',
      );
  }
}
