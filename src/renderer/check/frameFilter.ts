/** Which frames of a checked call are listed. */
import type { CheckFrame } from '#contract/checks';

export interface FrameFilter {
  direction: CheckFrame['direction'] | null;
  /** What it means to the conversation; null: anything. */
  class: string | null;
  withoutAudio: boolean;
  /** In its kind, class or text; any case. */
  search: string;
}

export const everyFrame: FrameFilter = { direction: null, class: null, withoutAudio: false, search: '' };

export function filterFrames(frames: readonly CheckFrame[], filter: FrameFilter): CheckFrame[] {
  const wanted = filter.search.trim().toLowerCase();
  return frames.filter(
    (frame) =>
      (filter.direction === null || frame.direction === filter.direction) &&
      (filter.class === null || frame.class === filter.class) &&
      !(filter.withoutAudio && frame.audioMs !== null) &&
      (wanted === '' ||
        [frame.kind, frame.class, frame.text ?? ''].some((text) => text.toLowerCase().includes(wanted))),
  );
}

/** The classes to choose from: those of the frames, and the chosen one even when no frame of the next call is of it. */
export function frameClasses(frames: readonly CheckFrame[], chosen: string | null): string[] {
  const found = new Set(frames.map((frame) => frame.class));
  if (chosen !== null) found.add(chosen);
  return [...found].sort();
}

/** A level of audio as a share of a bar: −80 dBFS is empty, 0 full. */
export function levelShare(level: number): number {
  return Math.max(0, Math.min(1, 1 + level / 80));
}

/** A level of audio in words. */
export function levelText(level: number): string {
  return `${level.toFixed(0).replace('-', '−')} dBFS`;
}

/** Frames as JSON lines, as `crosstalk check --log` writes them. */
export function frameLines(frames: readonly CheckFrame[]): string {
  return frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');
}
