/** Which stretch of a time axis is shown: within the axis, and never shorter than a few seconds. Pure. */

export type Stretch = [from: number, to: number];

/** Shortest stretch that can be shown, seconds. */
const shortestStretch = 2;

/** A stretch of the same length moved into the axis (from 0 to `end`); null when it is all of it. */
export function withinAxis([from, to]: Stretch, end: number): Stretch | null {
  const length = Math.min(Math.max(shortestStretch, to - from), end);
  if (length >= end) return null;
  const start = Math.min(Math.max(0, from), end - length);
  return [start, start + length];
}

/** The stretch made longer or shorter by a factor around a moment, which keeps its place on screen. */
export function zoomed([from, to]: Stretch, at: number, factor: number, end: number): Stretch | null {
  const length = Math.max(shortestStretch, (to - from) * factor);
  const share = to > from ? Math.min(1, Math.max(0, (at - from) / (to - from))) : 0.5;
  return withinAxis([at - share * length, at + (1 - share) * length], end);
}

/** The stretch moved so far that a moment is in it. */
export function reaching([from, to]: Stretch, at: number, end: number): Stretch | null {
  if (at < from) return withinAxis([at, at + (to - from)], end);
  if (at > to) return withinAxis([at - (to - from), at], end);
  return [from, to];
}

/** Seconds that should stand together in one point: a power of two, so that there is at most one point for each pixel. */
export function stepFor([from, to]: Stretch, pixels: number): number {
  const seconds = (to - from) / Math.max(1, pixels);
  return seconds <= 1 ? 1 : 2 ** Math.ceil(Math.log2(seconds));
}
