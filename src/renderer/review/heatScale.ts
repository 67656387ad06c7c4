/** How many values a cell has, as a colour: even steps for the eye, told apart with any kind of colour vision (cividis). */

type Rgb = readonly [red: number, green: number, blue: number];

/** Cividis (Nuñez, Anderton, Renslow 2018) in nine places, from dark to light. */
const cividis: readonly Rgb[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [254, 232, 56],
];

/** The darkest, next to nothing on a dark ground, is left to none. */
const darkest = 0.12;

function at(share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (cividis.length - 1);
  const low: Rgb = cividis[Math.floor(place)] ?? [0, 0, 0];
  const high = cividis[Math.ceil(place)] ?? low;
  const rest = place - Math.floor(place);
  const channel = (i: 0 | 1 | 2) => Math.round(low[i] + (high[i] - low[i]) * rest);
  return [channel(0), channel(1), channel(2)];
}

/** How full a cell is, 0–1, by the logarithm of its count: a few values can be told from none beside thousands. */
export function fullness(count: number, most: number): number {
  return count <= 0 || most <= 0 ? 0 : Math.log1p(count) / Math.log1p(most);
}

/** The colour of a cell: on a dark ground the more the lighter, on a light one the more the darker. */
export function cellColour(count: number, most: number, theme: 'dark' | 'light'): string {
  const full = fullness(count, most);
  const [red, green, blue] = at(theme === 'dark' ? darkest + full * (1 - darkest) : 1 - full);
  return `rgb(${red} ${green} ${blue})`;
}

/** Counts that the legend names, rising: 1, round ones between, and the most that a cell has. */
export function legendCounts(most: number): number[] {
  if (most <= 0) return [];
  const between = [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000];
  const wanted = [0.35, 0.6, 0.8].map((share) => Math.expm1(share * Math.log1p(most)));
  const round = wanted.map((count) => between.findLast((one) => one <= count) ?? 1);
  return [...new Set([1, ...round, most])].sort((a, b) => a - b);
}
