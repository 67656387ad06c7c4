/** How every chart looks: axes, grid, lines, cursor. */
import uPlot from 'uplot';
import type { ChartGroup } from './chartGroup.ts';
import { niceTop } from './niceTop.ts';
import { colourValue } from './seriesColours.ts';
import { formatElapsed } from '../format/quantities.ts';

/** One line (or pile of bars) of a chart. */
export interface ChartSeries {
  label: string;
  /** Name of its colour variable. */
  colour: string;
  /** Drawn dashed: asked for rather than measured. */
  dashed?: boolean;
  width?: number;
  /** Filled below the line. */
  area?: boolean;
}

/** A value to draw a level line at. */
export interface ChartMark {
  value: number;
  label: string;
}

/** A stretch of time that is marked behind the lines. */
export interface ChartSpan {
  fromS: number;
  /** null: it goes on. */
  toS: number | null;
  label: string;
  /** Name of its colour variable. */
  colour: string;
}

export interface PlotLook {
  series: readonly ChartSeries[];
  kind: 'lines' | 'piled bars';
  /** Values of the y axis. */
  format: (value: number) => string;
  /** Least height of the y axis, so that noise does not fill the chart. */
  least: number;
  /** Whether y values are whole numbers. */
  whole: boolean;
  timeAxis: boolean;
  marks: readonly ChartMark[];
  /** Asked for at every drawing. */
  spans: () => readonly ChartSpan[];
  /** The theme whose colours are taken. */
  theme: 'dark' | 'light';
}

export const axisWidth = 64;
const timeAxisHeight = 22;
const topPadding = 8;
const bottomPadding = 6;
/** Below this a chart's y axis names its ends only. */
const lowPlot = 64;
export const axisFont = "11px 'JetBrains Mono Variable', monospace";
/** Where a time axis may have its marks, seconds. */
export const timeSteps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];
/** Where an axis of whole numbers may have its marks. */
export const wholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000];

/** Points with nothing on either side: no line reaches them, so they are drawn as dots. */
function lonePoints(u: uPlot, series: number): number[] {
  const values = u.data[series] ?? [];
  const lone: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lone.push(i);
  }
  return lone;
}

function drawMarks(u: uPlot, marks: readonly ChartMark[], colour: string, ground: string): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = `${10 * devicePixelRatio}px 'JetBrains Mono Variable', monospace`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const mark of marks) {
    const top = u.valToPos(mark.value, 'y', true);
    if (top < bbox.top || top > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(bbox.left + bbox.width, top);
    ctx.stroke();
    const left = bbox.left + 8 * devicePixelRatio;
    const inset = 4 * devicePixelRatio;
    const height = 12 * devicePixelRatio;
    ctx.fillStyle = ground;
    ctx.fillRect(left - inset, top - height / 2, ctx.measureText(mark.label).width + 2 * inset, height);
    ctx.fillStyle = colour;
    ctx.fillText(mark.label, left, top);
  }
  ctx.restore();
}

function drawSpans(u: uPlot, spans: readonly ChartSpan[], draw: (span: DrawnSpan) => void): void {
  if (spans.length === 0) return;
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const span of spans) {
    const left = u.valToPos(span.fromS, 'x', true);
    const right = span.toS === null ? bbox.left + bbox.width : u.valToPos(span.toS, 'x', true);
    draw({ ctx, left, width: right - left, top: bbox.top, height: bbox.height, span });
  }
  ctx.restore();
}

interface DrawnSpan {
  ctx: CanvasRenderingContext2D;
  left: number;
  top: number;
  width: number;
  height: number;
  span: ChartSpan;
}

function spanGround({ ctx, left, top, width, height, span }: DrawnSpan): void {
  const colour = colourValue(span.colour);
  ctx.fillStyle = `${colour}22`;
  ctx.fillRect(left, top, width, height);
  ctx.fillStyle = colour;
  ctx.fillRect(left, top, width, 2 * devicePixelRatio);
}

/** Its name, above the lines; left out where there is no room. */
function spanLabel({ ctx, left, top, width, span }: DrawnSpan): void {
  const ratio = devicePixelRatio;
  ctx.font = `${10 * ratio}px 'JetBrains Mono Variable', monospace`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const text = ctx.measureText(span.label).width;
  if (text + 12 * ratio > width) return;
  ctx.fillStyle = colourValue('--ground');
  ctx.fillRect(left + 2 * ratio, top + 3 * ratio, text + 8 * ratio, 12 * ratio);
  ctx.fillStyle = colourValue('--text');
  ctx.fillText(span.label, left + 6 * ratio, top + 9 * ratio);
}

function plotHeight(look: PlotLook, height: number): number {
  return height - topPadding - (look.timeAxis ? timeAxisHeight : bottomPadding);
}

function drawnSeries(look: PlotLook, series: ChartSeries): uPlot.Series {
  const colour = colourValue(series.colour);
  if (look.kind === 'piled bars') {
    const bars = uPlot.paths.bars?.({ size: [0.8, 14, 1], align: 0 });
    return {
      label: series.label,
      stroke: colour,
      fill: colour,
      width: 0,
      points: { show: false },
      ...(bars ? { paths: bars } : {}),
    };
  }
  return {
    label: series.label,
    stroke: colour,
    width: series.width ?? 1.5,
    points: { show: () => false, size: 4, width: 0, fill: colour, filter: lonePoints },
    spanGaps: false,
    ...(series.dashed ? { dash: [4, 4] } : {}),
    ...(series.area ? { fill: `${colour}22` } : {}),
  };
}

/** The options of one chart of a group, in the colours of the theme on screen. */
export function plotOptions(
  group: ChartGroup,
  look: PlotLook,
  size: { width: number; height: number },
): uPlot.Options {
  const faint = colourValue('--text-faint');
  const grid = { stroke: colourValue('--grid-line'), width: 1 };
  const ordered = look.kind === 'piled bars' ? [...look.series].reverse() : look.series;
  return {
    ...size,
    padding: [topPadding, 22, look.timeAxis ? 0 : bottomPadding, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => group.range() },
      y: {
        range: (_u, _min, max) => [
          0,
          niceTop(Math.max(look.least, Number.isFinite(max) ? max : 0), look.whole),
        ],
      },
    },
    axes: [
      {
        show: look.timeAxis,
        stroke: faint,
        font: axisFont,
        size: timeAxisHeight,
        gap: 4,
        grid,
        ticks: { show: false },
        space: 80,
        incrs: timeSteps,
        values: (_u, splits) => splits.map((s) => formatElapsed(s)),
      },
      {
        stroke: faint,
        font: axisFont,
        size: axisWidth,
        gap: 6,
        grid,
        ticks: { show: false },
        space: 26,
        values: (_u, splits) => splits.map((s) => look.format(s)),
        ...(plotHeight(look, size.height) < lowPlot ? { splits: (_u, _axis, min, max) => [min, max] } : {}),
        ...(look.whole ? { incrs: wholeSteps } : {}),
      },
    ],
    series: [{}, ...ordered.map((series) => drawnSeries(look, series))],
    cursor: {
      y: false,
      points: { size: 6, width: 0 },
      drag: { x: true, y: false, setScale: false },
      sync: {
        key: group.key,
        scales: ['x', null],
        setSeries: false,
        // Only the cursor is shared: a drag zooms through the group, once.
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: { dblclick: () => null },
    },
    hooks: {
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          const from = u.posToVal(left, 'x');
          const to = u.posToVal(left + width, 'x');
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to - from >= 1) group.zoomTo([from, to]);
        },
      ],
      drawAxes: [(u) => drawSpans(u, look.spans(), spanGround)],
      draw: [
        (u) => drawSpans(u, look.spans(), spanLabel),
        (u) => drawMarks(u, look.marks, colourValue('--text-muted'), colourValue('--ground')),
      ],
    },
  };
}
