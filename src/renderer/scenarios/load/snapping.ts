/** Which values a dragged point may take: round ones by the scale of what is shown, finer ones on request. */

const second = 1000;
const minute = 60_000;

/** How far durations step, ms, while so long a load is shown. */
export function timeStep(shownMs: number, fine: boolean): number {
  if (fine) return shownMs > 8 * 60 * minute ? minute : second;
  if (shownMs <= 2 * minute) return second;
  if (shownMs <= 15 * minute) return 5 * second;
  if (shownMs <= 2 * 60 * minute) return 30 * second;
  return shownMs <= 8 * 60 * minute ? 5 * minute : 10 * minute;
}

/** How far numbers of users step while so many are shown. */
export function usersStep(shown: number, fine: boolean): number {
  if (fine || shown <= 60) return 1;
  if (shown <= 300) return 5;
  if (shown <= 1500) return 10;
  return shown <= 6000 ? 50 : 100;
}

/** How far rates step while so high a one is shown. */
export function rateStep(shown: number, fine: boolean): number {
  const step = shown <= 3 ? 0.1 : shown <= 60 ? 1 : shown <= 300 ? 5 : shown <= 1500 ? 10 : 100;
  return fine ? step / 10 : step;
}

/** The nearest multiple of a step, without the dust of binary fractions. */
export function snap(value: number, step: number): number {
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** The next multiple of a step above (1) or below (−1): a value between two goes to the nearer side of it first. */
export function nextStep(value: number, step: number, direction: 1 | -1): number {
  const at = value / step;
  const next = direction > 0 ? Math.floor(at + 1e-9) + 1 : Math.ceil(at - 1e-9) - 1;
  return Number((next * step).toPrecision(12));
}

export function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
