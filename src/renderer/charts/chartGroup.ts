/**
 * Charts on one time axis: one cursor, one zoom, redrawn together and never more often than four times a second.
 * Lives outside the framework's reactivity, so that a second of data costs one redraw and nothing else.
 */
import type uPlot from 'uplot';
import { reaching, stepFor, type Stretch, withinAxis, zoomed } from './timeView.ts';

const redrawPauseMs = 250;
const shortestAxis = 10;

/** One chart of a group. */
export interface GroupChart {
  plot: uPlot;
  /** Takes over the newest data and draws. */
  refresh(): void;
}

/** Something that happened at a moment, drawn through all charts. */
export interface ChartMarker {
  t: number;
  text: string;
  /** Name of its colour variable. */
  colour: string;
}

/** What a group tells of: new data were drawn, another stretch is shown, markers came or went. */
export type GroupChange = 'data' | 'view' | 'markers';

let groups = 0;

export class ChartGroup {
  /** Ties the cursors of the group's charts together. */
  readonly key = `crosstalk-${++groups}`;
  readonly #charts = new Set<GroupChart>();
  readonly #end: () => number;
  readonly #listeners = new Set<(what: GroupChange) => void>();
  #zoom: Stretch | null = null;
  #wanted: { zoom: Stretch | null; frame: number } | null = null;
  /** The newest so many seconds are shown, and move on; null: the operator chose the stretch. */
  #following: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastRedraw = 0;
  #pointed: number | null = null;
  #markers: readonly ChartMarker[] = [];
  /** Told whenever the zoom changes. */
  onZoom: (range: Stretch | null) => void = () => undefined;
  /** Told which moment the cursor is at, in seconds; null: none. */
  onPoint: (seconds: number | null) => void = () => undefined;

  /** `end` tells how far the time axis must reach, in seconds. */
  constructor(end: () => number) {
    this.#end = end;
  }

  get zoom(): Stretch | null {
    return this.#zoom;
  }

  /** How far the whole time axis reaches, seconds. */
  get end(): number {
    return Math.max(shortestAxis, this.#end());
  }

  /** Of how many newest seconds the view moves along; null: it stands still or shows everything. */
  get following(): number | null {
    return this.#following;
  }

  /** Where the cursor is, seconds. */
  get pointed(): number | null {
    return this.#pointed;
  }

  get markers(): readonly ChartMarker[] {
    return this.#markers;
  }

  /** What the time axis shows now. */
  range(): Stretch {
    return this.#zoom ?? [0, this.end];
  }

  /** Seconds that stand together in one drawn point. */
  get step(): number {
    const [first] = this.#charts;
    return stepFor(this.range(), first ? first.plot.bbox.width / devicePixelRatio : 800);
  }

  add(chart: GroupChart): () => void {
    this.#charts.add(chart);
    return () => this.#charts.delete(chart);
  }

  /** Told after every redraw with new data and every change of what is shown. Returns how to stop. */
  subscribe(listener: (what: GroupChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setMarkers(markers: readonly ChartMarker[]): void {
    this.#markers = markers;
    for (const { plot } of this.#charts) plot.redraw(false);
    this.#tell('markers');
  }

  /** Shows a stretch of time on all charts; null shows everything again. */
  zoomTo(range: Stretch | null): void {
    this.#following = null;
    this.#show(range && withinAxis(range, this.end));
  }

  /** The same with the next frame; of several wishes the last one counts. For what is dragged. */
  zoomSoon(range: Stretch | null): void {
    const zoom = range && withinAxis(range, this.end);
    if (this.#wanted) {
      this.#wanted.zoom = zoom;
      return;
    }
    const frame = requestAnimationFrame(() => {
      const wanted = this.#wanted;
      this.#wanted = null;
      this.#following = null;
      if (wanted) this.#show(wanted.zoom);
    });
    this.#wanted = { zoom, frame };
  }

  /** Shows a stretch that is longer or shorter by a factor, around a moment. */
  zoomAround(at: number, factor: number): void {
    const shown = this.#wanted?.zoom ?? this.range();
    this.zoomSoon(zoomed(shown, at, factor, this.end));
  }

  /** Shows the newest so many seconds and stays with them. */
  follow(seconds: number): void {
    this.#following = seconds;
    this.#show(withinAxis([this.end - seconds, this.end], this.end));
  }

  /** The cursor of all charts is at this moment now; every chart says so. */
  pointAt(seconds: number | null): void {
    if (seconds === this.#pointed) return;
    this.#pointed = seconds;
    this.onPoint(seconds);
  }

  /** Puts the cursor of all charts to a moment, which is brought into view; null takes it away. */
  moveCursor(seconds: number | null): void {
    if (seconds !== null && this.#zoom) {
      const shown = reaching(this.#zoom, seconds, this.end);
      if (shown && shown[0] !== this.#zoom[0]) this.zoomTo(shown);
    }
    for (const { plot } of this.#charts) {
      const left = seconds === null ? -10 : plot.valToPos(seconds, 'x');
      plot.setCursor({ left, top: seconds === null ? -10 : 0 });
    }
  }

  /** Asks for a redraw: soon, and bounded in rate. */
  invalidate(): void {
    if (this.#timer !== undefined) return;
    const pause = Math.max(0, this.#lastRedraw + redrawPauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.redraw();
    }, pause);
  }

  /** Draws the newest data now. */
  redraw(): void {
    this.#lastRedraw = performance.now();
    if (this.#following !== null) {
      const end = this.end;
      this.#zoom = withinAxis([end - this.#following, end], end);
    }
    for (const chart of this.#charts) chart.refresh();
    this.#tell('data');
  }

  destroy(): void {
    clearTimeout(this.#timer);
    if (this.#wanted) cancelAnimationFrame(this.#wanted.frame);
    this.#charts.clear();
    this.#listeners.clear();
  }

  #show(zoom: Stretch | null): void {
    const before = this.step;
    this.#zoom = zoom;
    if (this.step === before) {
      const [min, max] = this.range();
      for (const chart of this.#charts) chart.plot.setScale('x', { min, max });
    } else {
      for (const chart of this.#charts) chart.refresh();
    }
    this.onZoom(zoom);
    this.#tell('view');
  }

  #tell(what: GroupChange): void {
    for (const listener of this.#listeners) listener(what);
  }
}
