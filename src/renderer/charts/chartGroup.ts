/**
 * Charts on one time axis: one cursor, one zoom, redrawn together and never more often than four times a second.
 * Lives outside the framework's reactivity, so that a second of data costs one redraw and nothing else.
 */
import type uPlot from 'uplot';
import { type Drawing, DrawQueue } from './drawQueue.ts';
import { reaching, stepFor, type Stretch, withinAxis, zoomed } from './timeView.ts';

const redrawPauseMs = 250;
/** The view stands still when nothing has moved it for so long. */
const stillMs = 150;
/** Pixels for each point, while the view stands still and while it moves: a moving line is looked at less closely. */
const pixelsOfPoint = { still: 1, moving: 3 };
const shortestAxis = 10;

/** One chart of a group. */
export interface GroupChart {
  plot: uPlot;
  /** Takes over the newest data and draws. */
  refresh(): void;
  /** Whether it is in view; left out: always. */
  seen?(): boolean;
}

interface Queued extends GroupChart {
  draw(what: Drawing): void;
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
  readonly #charts = new Set<Queued>();
  readonly #queue = new DrawQueue<Queued>();
  readonly #end: () => number;
  readonly #listeners = new Set<(what: GroupChange) => void>();
  #zoom: Stretch | null = null;
  #moving = false;
  #still: ReturnType<typeof setTimeout> | undefined;
  /** Where the cursor is to go once all charts show the stretch it is in. */
  #cursor: { seconds: number | null } | null = null;
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
    this.#queue.onDrawn = () => this.#placeCursor();
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
    const pixels = first ? first.plot.bbox.width / devicePixelRatio : 800;
    return stepFor(this.range(), pixels / pixelsOfPoint[this.#moving ? 'moving' : 'still']);
  }

  add(chart: GroupChart): () => void {
    const queued: Queued = {
      ...chart,
      draw: (what) => {
        const [min, max] = this.range();
        if (what === 'data') chart.refresh();
        else chart.plot.setScale('x', { min, max });
      },
    };
    this.#charts.add(queued);
    return () => {
      this.#charts.delete(queued);
      this.#queue.remove(queued);
    };
  }

  /** Draws what waited because it was out of view. */
  wake(): void {
    this.#queue.wake();
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

  /** The same while something is dragged: with fewer points until it stands still. */
  zoomSoon(range: Stretch | null): void {
    clearTimeout(this.#still);
    this.#still = setTimeout(() => {
      this.#moving = false;
      this.#draw('data');
      this.#tell('view');
    }, stillMs);
    const began = !this.#moving;
    const before = this.step;
    this.#moving = true;
    this.#following = null;
    this.#show(range && withinAxis(range, this.end), began ? before : undefined);
  }

  /** Shows a stretch that is longer or shorter by a factor, around a moment. */
  zoomAround(at: number, factor: number): void {
    this.zoomSoon(zoomed(this.range(), at, factor, this.end));
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
    this.#cursor = { seconds };
    if (this.#queue.idle) this.#placeCursor();
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
    this.#draw('data');
    this.#tell('data');
  }

  destroy(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#still);
    this.#queue.clear();
    this.#charts.clear();
    this.#listeners.clear();
  }

  #show(zoom: Stretch | null, before = this.step): void {
    this.#zoom = zoom;
    this.#draw(this.step === before ? 'view' : 'data');
    this.onZoom(zoom);
    this.#tell('view');
  }

  #draw(what: Drawing): void {
    for (const chart of this.#charts) this.#queue.add(chart, what);
  }

  #placeCursor(): void {
    const wanted = this.#cursor;
    this.#cursor = null;
    if (!wanted) return;
    // A plot that was drawn just now knows its new axis when its own turn is over.
    queueMicrotask(() => {
      for (const { plot } of this.#charts) {
        const left = wanted.seconds === null ? -10 : plot.valToPos(wanted.seconds, 'x');
        plot.setCursor({ left, top: wanted.seconds === null ? -10 : 0 });
      }
    });
  }

  #tell(what: GroupChange): void {
    for (const listener of this.#listeners) listener(what);
  }
}
