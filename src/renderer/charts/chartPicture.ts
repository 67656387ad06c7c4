/** A chart as a picture to hand on: title, legend with its values and the plot, sharp at twice the size of the page. */
import uPlot from 'uplot';
import type { ChartGroup } from './chartGroup.ts';
import { type PlotLook, plotOptions, timeAxisHeight } from './plotOptions.ts';
import { colourValue } from './seriesColours.ts';

/** One line of a legend. */
export interface LegendEntry {
  label: string;
  /** Name of its colour variable. */
  colour: string;
  dashed?: boolean;
  /** The values as shown, empty when there are none. */
  value: string;
}

const scale = 2;
const headHeight = 52;
const margin = 16;

/** How the charts of a group were made, so that they can be made again larger. */
const looks = new WeakMap<uPlot, { group: ChartGroup; look: PlotLook }>();

/** Tells how a plot was made; without it a picture is its canvas, enlarged. */
export function rememberLook(plot: uPlot, group: ChartGroup, look: PlotLook): void {
  looks.set(plot, { group, look });
}

/** The plot drawn once more at twice its size, with the colours of the theme on screen. */
function enlarged(plot: uPlot): { canvas: HTMLCanvasElement; end: () => void } {
  const known = looks.get(plot);
  const own = plot.ctx.canvas;
  if (!known) return { canvas: own, end: () => undefined };
  const larger = scale / devicePixelRatio;
  const axis = known.look.timeAxis ? 0 : timeAxisHeight;
  const size = { width: plot.width * larger, height: (plot.height + axis) * larger };
  const options = plotOptions(
    known.group,
    { ...known.look, timeAxis: true, markerTexts: true, scale: larger },
    size,
  );
  const copy = new uPlot({ ...options, cursor: { show: false } }, plot.data, document.createElement('div'));
  return { canvas: copy.ctx.canvas, end: () => copy.destroy() };
}

function drawHead(ctx: CanvasRenderingContext2D, title: string, legend: readonly LegendEntry[]): void {
  ctx.textBaseline = 'middle';
  ctx.fillStyle = colourValue('--text');
  ctx.font = `600 ${14 * scale}px 'Inter Variable', system-ui, sans-serif`;
  ctx.fillText(title, margin * scale, 16 * scale, ctx.canvas.width - 2 * margin * scale);
  let left = margin * scale;
  const top = 38 * scale;
  for (const entry of legend) {
    ctx.strokeStyle = colourValue(entry.colour);
    ctx.lineWidth = 2 * scale;
    ctx.setLineDash(entry.dashed ? [4 * scale, 3 * scale] : []);
    ctx.beginPath();
    ctx.moveTo(left, top);
    ctx.lineTo(left + 14 * scale, top);
    ctx.stroke();
    ctx.setLineDash([]);
    left += 20 * scale;
    ctx.font = `${12 * scale}px 'Inter Variable', system-ui, sans-serif`;
    ctx.fillStyle = colourValue('--text-muted');
    ctx.fillText(entry.label, left, top);
    left += ctx.measureText(entry.label).width + 6 * scale;
    ctx.font = `${12 * scale}px 'JetBrains Mono Variable', monospace`;
    ctx.fillStyle = colourValue('--text');
    ctx.fillText(entry.value, left, top);
    left += ctx.measureText(entry.value).width + 18 * scale;
  }
}

function asBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('The picture is too large for this browser.'));
    }, 'image/png');
  });
}

/** The picture as PNG. Rejects where the browser cannot make one. */
export async function chartPicture(
  plot: uPlot,
  title: string,
  legend: readonly LegendEntry[],
): Promise<Blob> {
  await document.fonts.ready;
  const drawn = enlarged(plot);
  // A plot draws itself when its own turn is over.
  await new Promise((resolve) => requestAnimationFrame(resolve));
  try {
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(plot.width * scale);
    const plotHeight = Math.round((drawn.canvas.height / drawn.canvas.width) * canvas.width);
    canvas.height = plotHeight + headHeight * scale;
    const ctx = canvas.getContext('2d');
    if (!ctx) throw new Error('This browser draws no pictures.');
    ctx.fillStyle = colourValue('--ground');
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    drawHead(ctx, title, legend);
    ctx.drawImage(drawn.canvas, 0, headHeight * scale, canvas.width, plotHeight);
    return await asBlob(canvas);
  } finally {
    drawn.end();
  }
}
