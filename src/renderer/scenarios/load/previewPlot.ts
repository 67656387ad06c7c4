/** The preview of loads as a plot: its lines, axes, and the shade where a search may come. */
import type uPlot from 'uplot';
import { axisFont, timeSteps, wholeSteps } from '../../charts/plotOptions.ts';
import { colourValue } from '../../charts/seriesColours.ts';
import { formatCount, formatElapsed } from '../../format/quantities.ts';
import type { Curve, Preview, SearchBand } from './loadCurve.ts';

/** Colour variables of the loads, in the order of their users entries. */
export const loadColours = [
  '--series-blue',
  '--series-orange',
  '--series-green',
  '--series-purple',
  '--series-sky',
  '--series-vermillion',
  '--series-yellow',
] as const;
export const togetherColour = '--series-neutral';

export function loadColour(index: number): string {
  return loadColours[index % loadColours.length] ?? loadColours[0];
}

/** How far the axes reach. */
export interface Extent {
  endS: number;
  users: number;
  rate: number;
}

/** The area of the lines within the chart, CSS pixels. */
export interface PlotBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const plotPadding = { top: 14, right: 20, bottom: 0, left: 0 };

function lineSeries(curve: Curve, colour: string): uPlot.Series {
  const stroke = colourValue(colour);
  return {
    scale: curve.unit,
    stroke,
    width: 2,
    fill: `${stroke}1f`,
    points: { show: false },
    spanGaps: false,
  };
}

/** Everything that decides how many lines a plot has; it is made anew when this changes. */
export function structureOf(preview: Preview): string {
  const lines = preview.curves.map((curve) => `${curve.unit}${curve.perhaps ? '?' : ''}`);
  return `${lines.join(' ')} ${preview.together ? 'together' : ''}`;
}

/** The columns of a preview in the order of its series. */
export function columnsOf(preview: Preview): uPlot.AlignedData {
  const lines = preview.curves.flatMap((curve) =>
    curve.perhaps ? [curve.values, curve.perhaps] : [curve.values],
  );
  return [preview.t, ...lines, ...(preview.together ? [preview.together] : [])];
}

function drawBands(u: uPlot, bands: readonly SearchBand[], colour: string, ground: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const band of bands) {
    const left = u.valToPos(band.fromS, 'x', true);
    const right = u.valToPos(band.toS, 'x', true);
    const top = u.valToPos(band.high, 'users', true);
    const bottom = u.valToPos(band.low, 'users', true);
    ctx.fillStyle = `${colour}24`;
    ctx.fillRect(left, top, right - left, bottom - top);
    ctx.strokeStyle = `${colour}66`;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.strokeRect(left, top, right - left, bottom - top);
  }
  const last = bands.at(-1);
  if (last) {
    ctx.font = `${10 * devicePixelRatio}px 'Inter Variable', sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'bottom';
    const text = 'a search may follow';
    const x = u.valToPos(last.fromS, 'x', true) + 6 * devicePixelRatio;
    const y = u.valToPos(last.low, 'users', true) - 4 * devicePixelRatio;
    const width = ctx.measureText(text).width;
    if (x + width < bbox.left + bbox.width) {
      ctx.fillStyle = ground;
      ctx.fillText(text, x, y);
    }
  }
  ctx.restore();
}

type Side = 'left' | 'right';

function valueAxis(scale: 'users' | 'rate', side: Side): uPlot.Axis {
  const users = scale === 'users';
  return {
    scale,
    stroke: colourValue('--text-faint'),
    font: axisFont,
    size: side === 'left' ? 60 : 52,
    gap: 6,
    grid: { show: side === 'left', stroke: colourValue('--grid-line'), width: 1 },
    ticks: { show: false },
    space: 28,
    values: (_u, splits) => splits.map((split) => formatCount(split)),
    ...(users ? { incrs: wholeSteps } : {}),
    // uPlot's sides are a const enum, which a module compiled alone cannot use; 1 is the right.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
    ...(side === 'right' ? { side: 1 } : {}),
  };
}

/** The options of a preview's plot. `extent` and `bands` are asked for at every drawing. */
export function previewOptions(
  preview: Preview,
  extent: () => Extent,
  bands: () => readonly SearchBand[],
  size: { width: number; height: number },
  laidOut: (box: PlotBox) => void,
): uPlot.Options {
  const hasUsers = preview.curves.some((curve) => curve.unit === 'users');
  const hasRate = preview.curves.some((curve) => curve.unit === 'rate');
  const faint = colourValue('--text-faint');
  const series = preview.curves.flatMap((curve, i): uPlot.Series[] => {
    const line = lineSeries(curve, loadColour(i));
    const { fill: _none, ...bare } = line;
    return curve.perhaps ? [line, { ...bare, dash: [5, 4], width: 1.5 }] : [line];
  });
  if (preview.together) {
    series.push({
      scale: 'users',
      stroke: colourValue(togetherColour),
      width: 1.5,
      dash: [2, 3],
      points: { show: false },
    });
  }
  const axes: uPlot.Axis[] = [
    {
      stroke: faint,
      font: axisFont,
      size: 22,
      gap: 4,
      grid: { stroke: colourValue('--grid-line'), width: 1 },
      ticks: { show: false },
      space: 72,
      incrs: timeSteps,
      values: (_u, splits) => splits.map((split) => formatElapsed(split)),
    },
  ];
  if (hasUsers) axes.push(valueAxis('users', 'left'));
  if (hasRate) axes.push(valueAxis('rate', hasUsers ? 'right' : 'left'));
  return {
    ...size,
    padding: [plotPadding.top, plotPadding.right, plotPadding.bottom, plotPadding.left],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [0, extent().endS] },
      users: { range: () => [0, extent().users] },
      rate: { range: () => [0, extent().rate] },
    },
    axes,
    series: [{}, ...series],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      bind: { dblclick: () => null },
    },
    hooks: {
      drawAxes: [(u) => drawBands(u, bands(), colourValue('--series-yellow'), colourValue('--text-muted'))],
      draw: [
        (u) => {
          const ratio = devicePixelRatio;
          const { left, top, width, height } = u.bbox;
          laidOut({ left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio });
        },
      ],
    },
  };
}
