/** Which colour each series has, on every screen. The values are the Okabe–Ito set in look/tokens.css. */

export const seriesColours = {
  'ttfa.p50': '--series-sky',
  'ttfa.p95': '--series-orange',
  'ttfa.p99': '--series-vermillion',
  'barge_in.p50': '--series-green',
  'barge_in.p95': '--series-purple',
  'request.p50': '--series-sky',
  'request.p95': '--series-orange',
  'request.p99': '--series-vermillion',
  'first_token.p50': '--series-green',
  'first_token.p95': '--series-purple',
  'calls.asked': '--series-neutral',
  'calls.active': '--series-blue',
  'calls.connecting': '--series-yellow',
  'arrivals.asked': '--series-neutral',
  'arrivals.started': '--series-blue',
  'arrivals.dropped': '--series-vermillion',
  'rate.requests_ok': '--series-green',
  'rate.requests_failed': '--series-vermillion',
  'rate.iterations': '--series-purple',
  'rate.calls': '--series-blue',
  'rate.turns_ok': '--series-green',
  'rate.turns_failed': '--series-vermillion',
  'traffic.out': '--series-blue',
  'traffic.in': '--series-orange',
  'generator.lateness': '--series-purple',
  'generator.event_loop': '--series-blue',
  'generator.cpu': '--series-orange',
  'generator.run_queue': '--series-vermillion',
} as const;

const errorColours = [
  '--series-vermillion',
  '--series-sky',
  '--series-purple',
  '--series-yellow',
  '--series-green',
  '--series-orange',
  '--series-neutral',
] as const;

function hash(text: string): number {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum;
}

/** A colour variable for each kind of error: its own by name, the next free one where two would share it. */
export function errorKindColours(kinds: readonly string[]): Map<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<string>();
  for (const kind of kinds) {
    const first = hash(kind) % errorColours.length;
    const order = errorColours.map(
      (_, step) => errorColours[(first + step) % errorColours.length] ?? errorColours[0],
    );
    const colour = order.find((c) => !taken.has(c)) ?? order[0] ?? errorColours[0];
    taken.add(colour);
    colours.set(kind, colour);
  }
  return colours;
}

/** The value of a colour variable in the theme on screen. */
export function colourValue(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}
