/** A colour for each run that is compared: the Okabe–Ito set in a fixed order, so that status colours are none of them. */
const order = [
  '--series-blue',
  '--series-orange',
  '--series-green',
  '--series-purple',
  '--series-vermillion',
  '--series-sky',
  '--series-yellow',
  '--series-neutral',
] as const;

/** The colour variable of the run in a column, from 0. */
export function runColour(column: number): string {
  return order[column % order.length] ?? order[0];
}
