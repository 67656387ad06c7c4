/** Colour in the terminal: only where someone sees it, and never the only carrier of a meaning. */

const codes = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type StyleName = keyof typeof codes;
/** Wraps text in a style, or leaves it as it is where there is no colour. */
export type Style = Record<StyleName, (text: string) => string>;

/** The styles of one stream. */
export function createStyle(enabled: boolean): Style {
  const wrap = (name: StyleName) => (text: string) =>
    enabled && text !== '' ? `\u001b[${codes[name][0]}m${text}\u001b[${codes[name][1]}m` : text;
  return {
    bold: wrap('bold'),
    dim: wrap('dim'),
    red: wrap('red'),
    green: wrap('green'),
    yellow: wrap('yellow'),
    cyan: wrap('cyan'),
  };
}

/** Whether a stream gets colour: `NO_COLOR` forbids it, `FORCE_COLOR` asks for it even in a pipe, else a terminal that can. */
export function wantsColour(
  stream: { isTTY?: boolean | undefined },
  env: Record<string, string | undefined>,
): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force.toLowerCase() !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
