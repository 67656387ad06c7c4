/** How every chart looks: axes, grid, lines, cursor. */
import uPlot from 'uplot';
import type { ChartGroup } from './chartGroup.ts';
import { niceTop } from './niceTop.ts';
import { type ChartMark, type ChartSpan, drawMarkers, drawMarks, drawSpans } from './plotMarks.ts';
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
  /** The run's own figure, shown beside the one at the cursor. */
  whole?: () => WholeValue | null;
}

/** A figure of the whole run so far. */
export interface WholeValue {
  /** `run`, `most`, `mean`, `all`: what it is, in one word. */
  word: string;
  text: string;
  /** In full, for a hover. */
  about: string;
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
  /** Whether the group's markers have their texts here. */
  markerTexts: boolean;
  /** The theme whose colours are taken. */
  theme: 'dark' | 'light';
  /** How much larger than on the page everything is drawn. */
  scale: number;
}

export type { ChartMark, ChartSpan } from './plotMarks.ts';

export const axisWidth = 64;
/** Room right of a chart's plot. */
export const rightPadding = 22;
export const timeAxisHeight = 22;
const topPadding = 8;
const bottomPadding = 6;
/** Below this a chart's y axis names its ends only. */
const lowPlot = 64;
const axisFontAt = (scale: number) => `${11 * scale}px 'JetBrains Mono Variable', monospace`;
export const axisFont = axisFontAt(1);
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

function plotHeight(look: PlotLook, height: number): number {
  return height / look.scale - topPadding - (look.timeAxis ? timeAxisHeight : bottomPadding);
}

function drawnSeries(look: PlotLook, series: ChartSeries): uPlot.Series {
  const colour = colourValue(series.colour);
  if (look.kind === 'piled bars') {
    const bars = uPlot.paths.bars?.({ size: [0.8, 14 * look.scale, 1], align: 0 });
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
    width: (series.width ?? 1.5) * look.scale,
    points: { show: () => false, size: 4 * look.scale, width: 0, fill: colour, filter: lonePoints },
    spanGaps: false,
    ...(series.dashed ? { dash: [4 * look.scale, 4 * look.scale] } : {}),
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
  const { scale } = look;
  const font = axisFontAt(scale);
  const ratio = () => scale * devicePixelRatio;
  const grid = { stroke: colourValue('--grid-line'), width: scale };
  const ordered = look.kind === 'piled bars' ? [...look.series].reverse() : look.series;
  return {
    ...size,
    padding: [topPadding * scale, rightPadding * scale, look.timeAxis ? 0 : bottomPadding * scale, 0],
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
        stroke: faint,
        font,
        size: look.timeAxis ? timeAxisHeight * scale : 0,
        gap: 4 * scale,
        grid,
        ticks: { show: false },
        space: 80 * scale,
        incrs: timeSteps,
        // The grid is there on every chart, the times only where they are wanted.
        values: (_u, splits) => splits.map((s) => (look.timeAxis ? formatElapsed(s) : '')),
      },
      {
        stroke: faint,
        font,
        size: axisWidth * scale,
        gap: 6 * scale,
        grid,
        ticks: { show: false },
        space: 26 * scale,
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
      bind: {
        dblclick: () => null,
        // Everything but a plain press is for panning.
        mousedown: (_u, _target, handler) => (event) => {
          if (event.button === 0 && !event.shiftKey) handler(event);
          return null;
        },
      },
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
      drawAxes: [(u) => drawSpans(u, look.spans(), 'ground', ratio())],
      draw: [
        (u) => drawSpans(u, look.spans(), 'names', ratio()),
        (u) => drawMarks(u, look.marks, ratio()),
        (u) => drawMarkers(u, group.markers, look.markerTexts, ratio()),
      ],
    },
  };
}
