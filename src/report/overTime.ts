/** The charts over time: one axis, one cursor, one zoom. */
import uPlot from 'uplot';
import type { ReportChart, ReportPage, ReportSeries } from '#contract/reportPage';
import { axisFont, axisLook, roundTop, xAxisHeight, yAxisWidth } from './axes.ts';
import { colour } from './colours.ts';
import { legend } from './legend.ts';
import { formatSeconds, formatValue } from './quantities.ts';
import type { Look } from './redraw.ts';

const heights = { tall: 220, usual: 130 };
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];
const leastZoomS = 1;

type Range = [from: number, to: number];
/** Kept while everything is drawn anew. */
let zoom: Range | null = null;

/** All charts of the page below each other; returns how to take them away. */
export function drawOverTime(place: HTMLElement, page: ReportPage, look: Look): () => void {
  const plots: uPlot[] = [];
  const reset = document.createElement('button');
  reset.type = 'button';
  reset.className = 'reset';
  const range = (): Range => zoom ?? [0, page.toS];
  const zoomTo = (to: Range | null) => {
    zoom = to;
    reset.hidden = zoom === null;
    reset.textContent =
      zoom === null ? '' : `${formatSeconds(zoom[0])} – ${formatSeconds(zoom[1])} · Show all`;
    const [min, max] = range();
    for (const plot of plots) plot.setScale('x', { min, max });
  };
  reset.addEventListener('click', () => zoomTo(null));
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') zoomTo(null);
  };
  addEventListener('keydown', onKey);
  place.replaceChildren(reset);
  for (const chart of page.charts) plots.push(drawChart(place, chart, page, { look, range, zoomTo }));
  zoomTo(zoom);
  return () => {
    removeEventListener('keydown', onKey);
    for (const plot of plots) plot.destroy();
    place.replaceChildren();
  };
}

interface Shared {
  look: Look;
  range: () => Range;
  zoomTo: (range: Range | null) => void;
}

function drawChart(place: HTMLElement, chart: ReportChart, page: ReportPage, shared: Shared): uPlot {
  const section = document.createElement('section');
  section.className = 'chart';
  section.dataset.chart = chart.name;
  const line = legend(chart.title, chart.about, chart.series, chart.kind === 'bars');
  const frame = document.createElement('div');
  frame.className = 'plot';
  frame.setAttribute('role', 'img');
  frame.setAttribute('aria-label', `${chart.title} over time. ${chart.about}`);
  section.append(line.element, frame);
  place.append(section);
  const t = chart.t ?? page.t;
  const size = {
    width: shared.look.width(frame),
    height: chart.tall === true ? heights.tall : heights.usual,
  };
  const options: uPlot.Options = {
    ...size,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => shared.range() },
      y: { range: (_u, _min, max) => [0, roundTop(max || 0, chart.least)] },
    },
    axes: [
      {
        ...axisLook(),
        size: xAxisHeight,
        gap: 8,
        space: 80,
        incrs: timeSteps,
        values: (_u, splits) => splits.map(formatSeconds),
      },
      {
        ...axisLook(),
        size: yAxisWidth,
        gap: 6,
        space: 26,
        values: (_u, splits) => splits.map((value) => formatValue(chart.unit, value)),
        ...(chart.unit === 'count'
          ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] }
          : {}),
      },
    ],
    series: [{}, ...drawnOrder(chart).map((series) => seriesLook(chart, series))],
    cursor: {
      y: false,
      points: { size: 6, width: 0 },
      drag: { x: true, y: false, setScale: false },
      sync: {
        key: 'report',
        scales: ['x', null],
        setSeries: false,
        // A drag zooms once, for all.
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: { dblclick: () => null },
    },
    hooks: {
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 4) return;
          const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to - from >= leastZoomS) shared.zoomTo([from, to]);
        },
      ],
      setCursor: [
        (u) => {
          const at = (u.cursor.left ?? -1) < 0 ? null : (u.cursor.idx ?? null);
          const second = at === null ? undefined : t[at];
          const values = chart.series.map(({ values: column }) => {
            const value = at === null ? null : (column[at] ?? null);
            return at === null ? null : value === null ? '–' : formatValue(chart.unit, value);
          });
          line.show(values, second === undefined ? null : `at ${formatSeconds(second)}`);
        },
      ],
      draw: [(u) => drawMarks(u, chart), (u) => drawMarkers(u, page)],
    },
  };
  const plot = new uPlot(options, [t as number[], ...columns(chart)], frame);
  plot.over.addEventListener('dblclick', () => shared.zoomTo(null));
  return plot;
}

/** Bars are drawn from the top of the pile downwards, so that each covers the sum below it. */
function drawnOrder(chart: ReportChart): readonly ReportSeries[] {
  return chart.kind === 'bars' ? [...chart.series].reverse() : chart.series;
}

function columns(chart: ReportChart): (number | null)[][] {
  if (chart.kind === 'lines') return chart.series.map(({ values }) => [...values]);
  const sums: number[][] = [];
  for (const { values } of chart.series) {
    const below = sums.at(-1);
    sums.push(values.map((value, i) => (value ?? 0) + (below?.[i] ?? 0)));
  }
  return sums.reverse();
}

function seriesLook(chart: ReportChart, series: ReportSeries): uPlot.Series {
  const stroke = colour(series.colour);
  if (chart.kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [0.8, 14, 1], align: 0 });
    return { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
  }
  return {
    stroke,
    width: series.width ?? 1.5,
    spanGaps: false,
    // A value with nothing on either side has no line to be on.
    points: { show: () => false, size: 4, width: 0, fill: stroke, filter: lonePoints },
    ...(series.dashed === true ? { dash: [4, 4] } : {}),
    ...(series.area === true ? { fill: `${stroke}22` } : {}),
  };
}

function lonePoints(u: uPlot, series: number): number[] {
  const values = u.data[series] ?? [];
  return Array.from({ length: values.length }, (_, i) => i).filter(
    (i) => values[i] != null && values[i - 1] == null && values[i + 1] == null,
  );
}

/** Draws a dotted line and its label on the plot's own ground. */
function dotted(
  u: uPlot,
  stroke: string,
  draw: (ctx: CanvasRenderingContext2D, ratio: number) => void,
): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.font = axisFont.replace('11px', `${10 * ratio}px`);
  ctx.textBaseline = 'middle';
  draw(ctx, ratio);
  ctx.restore();
}

function label(ctx: CanvasRenderingContext2D, text: string, left: number, top: number, ratio: number): void {
  ctx.textAlign = 'left';
  const width = ctx.measureText(text).width;
  ctx.fillStyle = colour('--ground');
  ctx.fillRect(left - 3 * ratio, top - 6 * ratio, width + 6 * ratio, 12 * ratio);
  ctx.fillStyle = colour('--muted');
  ctx.fillText(text, left, top);
}

function drawMarks(u: uPlot, { marks }: ReportChart): void {
  dotted(u, colour('--muted'), (ctx, ratio) => {
    for (const mark of marks) {
      const top = u.valToPos(mark.value, 'y', true);
      ctx.beginPath();
      ctx.moveTo(u.bbox.left, top);
      ctx.lineTo(u.bbox.left + u.bbox.width, top);
      ctx.stroke();
      label(ctx, mark.label, u.bbox.left + 8 * ratio, top, ratio);
    }
  });
}

const markerText = 24;

function drawMarkers(u: uPlot, { markers }: ReportPage): void {
  dotted(u, colour('--series-purple'), (ctx, ratio) => {
    for (const { t, text } of markers) {
      const left = u.valToPos(t, 'x', true);
      ctx.beginPath();
      ctx.moveTo(left, u.bbox.top);
      ctx.lineTo(left, u.bbox.top + u.bbox.height);
      ctx.stroke();
      const short = text.length > markerText ? `${text.slice(0, markerText)}…` : text;
      label(ctx, short, left + 4 * ratio, u.bbox.top + 7 * ratio, ratio);
    }
  });
}
