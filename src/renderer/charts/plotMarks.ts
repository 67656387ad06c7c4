/** What is drawn on a chart beside its lines: level lines, stretches of time, moments with a note. */
import type uPlot from 'uplot';
import type { ChartMarker } from './chartGroup.ts';
import { colourValue } from './seriesColours.ts';

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

/** Room that a marker's text may take, in pixels of the page. */
const markerText = 150;

function small(ctx: CanvasRenderingContext2D, ratio: number): void {
  ctx.font = `${10 * ratio}px 'JetBrains Mono Variable', monospace`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
}

function clipToPlot({ ctx, bbox }: uPlot): void {
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
}

/** Level lines with their names, over the lines. `ratio`: pixels of the canvas in one of the page. */
export function drawMarks(u: uPlot, marks: readonly ChartMark[], ratio: number): void {
  const { ctx, bbox } = u;
  const colour = colourValue('--text-muted');
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  small(ctx, ratio);
  for (const mark of marks) {
    const top = u.valToPos(mark.value, 'y', true);
    if (top < bbox.top || top > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, top);
    ctx.lineTo(bbox.left + bbox.width, top);
    ctx.stroke();
    const left = bbox.left + 8 * ratio;
    const inset = 4 * ratio;
    const height = 12 * ratio;
    ctx.fillStyle = colourValue('--ground');
    ctx.fillRect(left - inset, top - height / 2, ctx.measureText(mark.label).width + 2 * inset, height);
    ctx.fillStyle = colour;
    ctx.fillText(mark.label, left, top);
  }
  ctx.restore();
}

/** Stretches of time; `part`: their ground, behind the lines, or their names, above them. */
export function drawSpans(
  u: uPlot,
  spans: readonly ChartSpan[],
  part: 'ground' | 'names',
  ratio: number,
): void {
  if (spans.length === 0) return;
  const { ctx, bbox } = u;
  ctx.save();
  clipToPlot(u);
  small(ctx, ratio);
  for (const span of spans) {
    const left = u.valToPos(span.fromS, 'x', true);
    const right = span.toS === null ? bbox.left + bbox.width : u.valToPos(span.toS, 'x', true);
    if (part === 'ground') {
      const colour = colourValue(span.colour);
      ctx.fillStyle = `${colour}22`;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = colour;
      ctx.fillRect(left, bbox.top, right - left, 2 * ratio);
      continue;
    }
    // Left out where there is no room.
    const text = ctx.measureText(span.label).width;
    if (text + 12 * ratio > right - left) continue;
    ctx.fillStyle = colourValue('--ground');
    ctx.fillRect(left + 2 * ratio, bbox.top + 3 * ratio, text + 8 * ratio, 12 * ratio);
    ctx.fillStyle = colourValue('--text');
    ctx.fillText(span.label, left + 6 * ratio, bbox.top + 9 * ratio);
  }
  ctx.restore();
}

function shortened(ctx: CanvasRenderingContext2D, text: string, room: number): string {
  if (ctx.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return end > 1 ? `${text.slice(0, end)}…` : '';
}

/** A line through the chart at every marker; with its flag and text where those are wanted. */
export function drawMarkers(
  u: uPlot,
  markers: readonly ChartMarker[],
  withText: boolean,
  ratio: number,
): void {
  if (markers.length === 0) return;
  const { ctx, bbox } = u;
  ctx.save();
  clipToPlot(u);
  small(ctx, ratio);
  ctx.lineWidth = ratio;
  markers.forEach((marker, i) => {
    const left = Math.round(u.valToPos(marker.t, 'x', true)) + 0.5;
    if (left < bbox.left - 1 || left > bbox.left + bbox.width + 1) return;
    const colour = colourValue(marker.colour);
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    if (!withText) return;
    const next = markers[i + 1];
    const right = next ? u.valToPos(next.t, 'x', true) : bbox.left + bbox.width;
    const text = shortened(ctx, marker.text, Math.min(markerText * ratio, right - left - 12 * ratio));
    const width = text === '' ? 6 * ratio : ctx.measureText(text).width + 8 * ratio;
    ctx.fillStyle = text === '' ? colour : colourValue('--raised');
    ctx.fillRect(left, bbox.top, width, 14 * ratio);
    ctx.strokeRect(left, bbox.top + 0.5, width, 14 * ratio);
    ctx.fillStyle = colourValue('--text');
    ctx.fillText(text, left + 4 * ratio, bbox.top + 7.5 * ratio);
  });
  ctx.restore();
}
