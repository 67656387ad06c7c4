/**
 * Charts on one time axis: one cursor, one zoom, redrawn together and never more often than four times a second.
 * Lives outside the framework's reactivity, so that a second of data costs one redraw and nothing else.
 */
import type uPlot from 'uplot';

const redrawPauseMs = 250;
const shortestAxis = 10;

/** One chart of a group. */
export interface GroupChart {
  plot: uPlot;
  /** Takes over the newest data and draws. */
  refresh(): void;
}

let groups = 0;

export class ChartGroup {
  /** Ties the cursors of the group's charts together. */
  readonly key = `crosstalk-${++groups}`;
  readonly #charts = new Set<GroupChart>();
  readonly #end: () => number;
  #zoom: [number, number] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastRedraw = 0;
  #pointed: number | null = null;
  /** Told whenever the zoom changes. */
  onZoom: (range: [number, number] | null) => void = () => undefined;
  /** Told which second the cursor is at, as an index of the data; null: none. */
  onPoint: (index: number | null) => void = () => undefined;

  /** `end` tells how far the time axis must reach, in seconds. */
  constructor(end: () => number) {
    this.#end = end;
  }

  get zoom(): [number, number] | null {
    return this.#zoom;
  }

  /** What the time axis shows now. */
  range(): [number, number] {
    return this.#zoom ?? [0, Math.max(shortestAxis, this.#end())];
  }

  add(chart: GroupChart): () => void {
    this.#charts.add(chart);
    return () => this.#charts.delete(chart);
  }

  /** Shows a stretch of time on all charts; null shows everything again. */
  zoomTo(range: [number, number] | null): void {
    this.#zoom = range;
    const [min, max] = this.range();
    for (const chart of this.#charts) chart.plot.setScale('x', { min, max });
    this.onZoom(range);
  }

  /** The cursor of all charts is at this index now; every chart says so. */
  pointAt(index: number | null): void {
    if (index === this.#pointed) return;
    this.#pointed = index;
    this.onPoint(index);
  }

  /** Asks for a redraw: soon, and bounded in rate. */
  invalidate(): void {
    if (this.#timer !== undefined) return;
    const pause = Math.max(0, this.#lastRedraw + redrawPauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastRedraw = performance.now();
      for (const chart of this.#charts) chart.refresh();
    }, pause);
  }

  destroy(): void {
    clearTimeout(this.#timer);
    this.#charts.clear();
  }
}
