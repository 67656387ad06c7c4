/** The line above a chart: its title, and for each series its colour, name and value under the cursor. */
import type { ReportSeries } from '#contract/reportPage';
import { colour } from './colours.ts';

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export interface Legend {
  element: HTMLElement;
  /** Shows the values under the cursor, and where it is; nulls: it is elsewhere. */
  show(values: readonly (string | null)[], where: string | null): void;
}

export function legend(
  title: string,
  about: string,
  series: readonly Pick<ReportSeries, 'label' | 'colour' | 'dashed'>[],
  blocks: boolean,
): Legend {
  const line = element('div', 'legend');
  const heading = element('h3', '', title);
  heading.title = about;
  line.append(heading);
  const values = series.map((one) => {
    const item = element('span', 'item');
    const swatch = element('span', `swatch${one.dashed ? ' dashed' : ''}${blocks ? ' block' : ''}`);
    swatch.style.color = colour(one.colour);
    const value = element('span', 'value num');
    item.append(swatch, element('span', 'label', one.label), value);
    line.append(item);
    return value;
  });
  const at = element('span', 'at num');
  line.append(at);
  return {
    element: line,
    show(texts, where) {
      values.forEach((value, i) => (value.textContent = texts[i] ?? ''));
      at.textContent = where ?? '';
    },
  };
}
