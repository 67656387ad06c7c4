/** Piles series up for a stacked chart. */

/** For each series the sum of itself and all before it, per point: the last one is the top of the pile. */
export function pileUp(series: readonly (readonly (number | null)[])[]): number[][] {
  const piled: number[][] = [];
  for (const values of series) {
    const base: readonly number[] = piled.at(-1) ?? [];
    const sums = values.map((value, i) => (value ?? 0) + (base[i] ?? 0));
    piled.push(sums);
  }
  return piled;
}
