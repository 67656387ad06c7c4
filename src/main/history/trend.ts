/** Most points of a sparkline. */
export const trendPoints = 40;

/** A series as at most `points` points: the worst (highest) value of each stretch, null where it has none. */
export function trend(values: readonly (number | null)[], points = trendPoints): (number | null)[] {
  if (values.length <= points) return [...values];
  const out: (number | null)[] = [];
  for (let i = 0; i < points; i++) {
    const from = Math.floor((i * values.length) / points);
    const to = Math.floor(((i + 1) * values.length) / points);
    let worst: number | null = null;
    for (const value of values.slice(from, to)) {
      if (value !== null && (worst === null || value > worst)) worst = value;
    }
    out.push(worst);
  }
  return out;
}
