/** Shapes of a small line without axes. */

/**
 * SVG paths, one per unbroken stretch of values, from zero at the bottom to the largest value at the top.
 * A single value becomes a short level line. Nothing when there is no value.
 */
export function sparkline(values: readonly (number | null)[], width: number, height: number): string[] {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (known.length === 0) return [];
  const top = Math.max(...known, 1e-9);
  const inset = 2;
  const x = (i: number) =>
    (values.length === 1 ? 0 : (i / (values.length - 1)) * (width - 2 * inset)) + inset;
  const y = (v: number) => height - inset - (Math.max(0, v) / top) * (height - 2 * inset);
  const paths: string[] = [];
  let stretch: string[] = [];
  const end = () => {
    const [first, ...rest] = stretch;
    if (first !== undefined) paths.push(rest.length > 0 ? `M${stretch.join('L')}` : `M${first}h3`);
    stretch = [];
  };
  values.forEach((v, i) => {
    if (v === null || !Number.isFinite(v)) end();
    else stretch.push(`${x(i).toFixed(1)},${y(v).toFixed(1)}`);
  });
  end();
  return paths;
}
