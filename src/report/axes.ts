/** What every chart's axes have in common. */
import type uPlot from 'uplot';
import { colour } from './colours.ts';

export const axisFont = '11px ui-monospace, Menlo, Consolas, monospace';
export const yAxisWidth = 66;
export const xAxisHeight = 28;

/** The smallest round number a little above, so that a line does not run along the edge. */
export function roundTop(greatest: number, least: number): number {
  const wanted = Math.max(greatest * 1.04, least, 1e-6);
  const magnitude = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((n) => n * magnitude >= wanted * 0.999999) ?? 10;
  return step * magnitude;
}

export function axisLook(): Pick<uPlot.Axis, 'stroke' | 'font' | 'grid' | 'ticks'> {
  return {
    stroke: colour('--muted'),
    font: axisFont,
    grid: { stroke: colour('--grid-line'), width: 1 },
    ticks: { show: false },
  };
}
