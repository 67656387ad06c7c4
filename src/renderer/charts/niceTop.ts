/** Where a y axis ends. */

const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The smallest round number a little above `max`; a whole one for counts. */
export function niceTop(max: number, whole: boolean): number {
  if (!(max > 0)) return 1;
  const wanted = max * 1.04;
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const fits = steps.map((step) => Number((step * magnitude).toPrecision(12)));
  return fits.find((top) => top >= wanted && (!whole || Number.isInteger(top))) ?? magnitude * 10;
}
