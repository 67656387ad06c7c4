/** The pause before a turn, as it is typed and shown. */
import { formatDuration, parseDuration } from '#contract/quantities';

/** What a scenario lets pass between two turns unless it says otherwise. */
export const usualPauseMs = 500;

/** Typed text → milliseconds; a bare number is milliseconds, nothing is the scenario's own; undefined: not a pause. */
export function readPause(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.').replaceAll(' ', '');
  if (trimmed === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : parseDuration(trimmed);
  return ms === null || ms > 3_600_000 ? undefined : ms;
}

export function pauseText(ms: number | null): string {
  return ms === null ? '' : formatDuration(ms);
}

/** The pause that is heard before a turn; the first one begins at once unless it says otherwise. */
export function heardPause(ms: number | null, index: number): number {
  return ms ?? (index === 0 ? 0 : usualPauseMs);
}
