/** When everything is drawn anew: another theme, another width, paper. */

export interface Look {
  /** On paper: always light, and as wide as the page. */
  paper: boolean;
  /** Width of a chart, in CSS pixels. */
  width(element: HTMLElement): number;
}

/** A4 without its margins, at 96 dots an inch. */
const paperWidth = 672;

/** Draws now and whenever it must be drawn anew; `draw` returns how to take away what it drew. */
export function drawAlso(draw: (look: Look) => () => void): void {
  const onScreen: Look = { paper: false, width: (element) => Math.max(280, element.clientWidth) };
  const onPaper: Look = { paper: true, width: () => paperWidth };
  let end = draw(onScreen);
  let looked = onScreen;
  const again = (look: Look) => {
    end();
    looked = look;
    document.documentElement.classList.toggle('paper', look.paper);
    end = draw(look);
  };
  const closed = new Set<HTMLDetailsElement>();
  const toPaper = () => {
    if (looked.paper) return;
    for (const details of document.querySelectorAll('details')) {
      if (details.open) continue;
      closed.add(details);
      details.open = true;
    }
    again(onPaper);
  };
  const toScreen = () => {
    if (!looked.paper) return;
    for (const details of closed) details.open = false;
    closed.clear();
    again(onScreen);
  };
  addEventListener('beforeprint', toPaper);
  addEventListener('afterprint', toScreen);
  matchMedia('print').addEventListener('change', ({ matches }) => (matches ? toPaper() : toScreen()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (!looked.paper) again(onScreen);
  });
  let width = document.documentElement.clientWidth;
  addEventListener('resize', () => {
    const now = document.documentElement.clientWidth;
    if (looked.paper || now === width) return;
    width = now;
    again(onScreen);
  });
}
