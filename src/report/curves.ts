/** Percentile curves on an axis that stretches towards 100 %: 0, 90, 99, 99.9 … lie as far apart. */
import uPlot from 'uplot';
import type { ReportCurve } from '#contract/reportPage';
import { axisLook, roundTop, xAxisHeight, yAxisWidth } from './axes.ts';
import { colour } from './colours.ts';
import { legend } from './legend.ts';
import { formatValue } from './quantities.ts';
import type { Look } from './redraw.ts';

/** Where a percentile lies: the number of nines. */
const nines = (percentile: number) => -Math.log10(Math.max(1e-9, 1 - percentile / 100));
const percentileAt = (place: number) => 100 * (1 - 10 ** -place);
const percentText = (percentile: number) => `${Number(percentile.toFixed(3))} %`;

export function drawCurves(place: HTMLElement, curves: readonly ReportCurve[], look: Look): () => void {
  const line = legend('All metrics', 'How many values were at most so long', curves, false);
  const frame = document.createElement('div');
  frame.className = 'plot';
  frame.setAttribute('role', 'img');
  frame.setAttribute('aria-label', 'Latency by percentile');
  place.replaceChildren(line.element, frame);
  const all = [...new Set(curves.flatMap(({ percentiles }) => percentiles.map(nines)))].sort((a, b) => a - b);
  const columns = curves.map(({ percentiles, values }) => {
    const known = new Map(percentiles.map((p, i) => [nines(p), values[i] ?? null]));
    return all.map((at) => known.get(at));
  });
  const end = Math.max(1, all.at(-1) ?? 1);
  const options: uPlot.Options = {
    width: look.width(frame),
    height: 240,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [0, end] },
      y: { range: (_u, _min, max) => [0, roundTop(max || 0, 10)] },
    },
    axes: [
      {
        ...axisLook(),
        size: xAxisHeight,
        gap: 8,
        splits: () => Array.from({ length: Math.floor(end) + 1 }, (_, n) => n),
        values: (_u, splits) => splits.map((n) => percentText(percentileAt(n))),
      },
      {
        ...axisLook(),
        size: yAxisWidth,
        gap: 6,
        values: (_u, splits) => splits.map((value) => formatValue('ms', value)),
      },
    ],
    series: [
      {},
      ...curves.map(({ colour: name }): uPlot.Series => ({
        stroke: colour(name),
        width: 2,
        spanGaps: true,
        points: { show: false },
      })),
    ],
    cursor: {
      y: false,
      points: { size: 6, width: 0 },
      drag: { x: false, y: false },
      bind: { dblclick: () => null },
    },
    hooks: {
      setCursor: [
        (u) => {
          const at = (u.cursor.left ?? -1) < 0 ? null : (u.cursor.idx ?? null);
          const place = at === null ? undefined : all[at];
          if (at === null || place === undefined) return line.show([], null);
          const values = columns.map((column) => {
            const value = column[at];
            return value == null ? '' : formatValue('ms', value);
          });
          line.show(values, `at ${percentText(percentileAt(place))}`);
        },
      ],
    },
  };
  const plot = new uPlot(options, [all, ...columns], frame);
  return () => {
    plot.destroy();
    place.replaceChildren();
  };
}
