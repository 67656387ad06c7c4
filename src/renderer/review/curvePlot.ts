/** The percentile curve as a plot: its axes, lines and the thresholds in it. */
import type uPlot from 'uplot';
import type { LatencyMetric, MetricUnit, Statistic } from '#contract/metrics';
import type { ThresholdResult } from '#contract/run';
import { niceTop } from '../charts/niceTop.ts';
import { axisFont } from '../charts/plotOptions.ts';
import { colourValue } from '../charts/seriesColours.ts';
import { lookOf, valueLooks } from '../format/metrics.ts';
import { axisPercentiles, percentileText, placeOf } from './curve.ts';
import { metricLines } from './metricColours.ts';

/** A limit to the left of a percentile: so many must be at most so long. */
export interface CurveLimit {
  /** Place of its percentile on the axis; null: of all values. */
  x: number | null;
  value: number;
  label: string;
}

const percentiles: Partial<Record<Statistic, number>> = {
  p50: 50,
  p75: 75,
  p90: 90,
  p95: 95,
  p99: 99,
  p99_9: 99.9,
};

/** The limits that thresholds set to a metric's distribution: those on a percentile or the longest, of the whole run or, with `step`, of the requests of that name. */
export function curveLimits(
  thresholds: readonly ThresholdResult[],
  shown: readonly LatencyMetric[],
  step: string | null = null,
): CurveLimit[] {
  return thresholds.flatMap((limit): CurveLimit[] => {
    const percentile = percentiles[limit.stat];
    const where = Object.entries(limit.where ?? {});
    const fits =
      step === null
        ? where.length === 0
        : where.length === 1 && where.every(([key, value]) => key === 'step' && value === step);
    if (!fits || !shown.some((metric) => metric === limit.metric)) return [];
    if (percentile === undefined && limit.stat !== 'max') return [];
    const x = percentile === undefined ? null : placeOf(percentile);
    const name = `${limit.metric} ${limit.stat.replace('_', '.')}`;
    const written = lookOf(limit.metric).short;
    const both = [{ x, value: limit.target, label: `${name} target ${written(limit.target)}` }];
    if (limit.acceptable !== limit.target)
      both.push({ x, value: limit.acceptable, label: `${name} acceptable ${written(limit.acceptable)}` });
    return both;
  });
}

/** A limit so far above every value would press the curves flat: it is left out of the plot. */
const farAbove = 2.5;

/** The limits that are drawn. */
export function nearLimits(limits: readonly CurveLimit[], greatest: number): CurveLimit[] {
  return limits.filter((limit) => limit.value <= greatest * farAbove);
}

const labelHeight = 12;

function drawLimits(u: uPlot, limits: readonly CurveLimit[]): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  const ink = colourValue('--text-muted');
  ctx.save();
  ctx.font = `${10 * ratio}px 'JetBrains Mono Variable', monospace`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.lineWidth = ratio;
  const labels: { top: number; right: number }[] = [];
  for (const { x, value, label } of limits) {
    const top = u.valToPos(value, 'y', true);
    const right =
      x === null ? bbox.left + bbox.width : Math.min(bbox.left + bbox.width, u.valToPos(x, 'x', true));
    ctx.strokeStyle = ink;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(right, top);
    ctx.stroke();
    ctx.setLineDash([]);
    // Its end is where the curve is judged.
    ctx.beginPath();
    ctx.moveTo(right, top - 4 * ratio);
    ctx.lineTo(right, top + 4 * ratio);
    ctx.stroke();
    ctx.fillStyle = ink;
    // Beside the labels that are as high.
    const beside = labels.filter((other) => Math.abs(other.top - top) < labelHeight * ratio);
    const labelLeft = Math.max(bbox.left + 6 * ratio, ...beside.map((other) => other.right + 16 * ratio));
    ctx.fillText(label, labelLeft, top - 2 * ratio);
    labels.push({ top, right: labelLeft + ctx.measureText(label).width });
  }
  ctx.restore();
}

interface CurveLook {
  metrics: readonly LatencyMetric[];
  limits: readonly CurveLimit[];
  /** How far the axes reach. */
  end: number;
  greatest: number;
  /** What the values are counted in. */
  unit: MetricUnit;
  /** Told where the cursor is on the axis; null: nowhere. */
  onPoint: (x: number | null) => void;
}

/** The options of the plot, in the colours of the theme on screen. */
export function curveOptions(look: CurveLook, size: { width: number; height: number }): uPlot.Options {
  const faint = colourValue('--text-faint');
  const grid = { stroke: colourValue('--grid-line'), width: 1 };
  const limits = nearLimits(look.limits, look.greatest);
  const top = Math.max(look.greatest, ...limits.map((limit) => limit.value));
  const end = Math.max(1, look.end) * 1.02;
  return {
    ...size,
    padding: [10, 22, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [0, end] },
      y: { range: () => [0, niceTop(top, false)] },
    },
    axes: [
      {
        stroke: faint,
        font: axisFont,
        size: 24,
        gap: 6,
        grid,
        ticks: { show: false },
        splits: () => axisPercentiles.map((percentile) => placeOf(percentile)).filter((x) => x <= end),
        values: (u, splits) => splits.map((x) => axisLabel(x, u.bbox.width / devicePixelRatio / end)),
      },
      {
        stroke: faint,
        font: axisFont,
        size: 64,
        gap: 6,
        grid,
        ticks: { show: false },
        space: 30,
        values: (_u, splits) => splits.map((value) => valueLooks[look.unit].short(value)),
      },
    ],
    series: [
      {},
      ...look.metrics.map((metric): uPlot.Series => {
        const { colour, dashed } = metricLines[metric];
        return {
          label: metric,
          stroke: colourValue(colour),
          width: 2,
          spanGaps: true,
          points: { show: look.end === 0 },
          ...(dashed ? { dash: [5, 4] } : {}),
        };
      }),
    ],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    hooks: {
      setCursor: [
        (u) => look.onPoint((u.cursor.left ?? -1) < 0 ? null : u.posToVal(u.cursor.left ?? 0, 'x')),
      ],
      drawAxes: [(u) => drawLimits(u, limits)],
    },
  };
}

/** Names of places that would touch their neighbour are left out. */
function axisLabel(x: number, pxPerDecade: number): string {
  const percentile = axisPercentiles.find((one) => placeOf(one) === x) ?? 0;
  if (percentile === 75 && pxPerDecade < 190) return '';
  if (percentile === 50 && pxPerDecade < 100) return '';
  return percentileText(percentile);
}
