import { moved, showing, type View, wholeView, zoomed } from './timeAxis.ts';

const zoomStep = 0.5;

/** The stretch of a recording that is on screen. */
export class CallAxis {
  readonly durationMs: number;
  #view: View = $state.raw({ from: 0, to: 1 });

  constructor(durationMs: number) {
    this.durationMs = durationMs;
    this.#view = wholeView(durationMs);
  }

  get view(): View {
    return this.#view;
  }

  get span(): number {
    return this.#view.to - this.#view.from;
  }

  get whole(): boolean {
    return this.span >= this.durationMs;
  }

  /** Zooms in around a moment, which stays where it is. */
  zoomIn(anchor: number): void {
    this.zoom(zoomStep, anchor);
  }

  zoomOut(anchor: number): void {
    this.zoom(1 / zoomStep, anchor);
  }

  zoom(factor: number, anchor: number): void {
    this.#view = zoomed(this.#view, factor, anchor, this.durationMs);
  }

  move(byMs: number): void {
    this.#view = moved(this.#view, byMs, this.durationMs);
  }

  /** Shows all of it. */
  fit(): void {
    this.#view = wholeView(this.durationMs);
  }

  /** Makes sure that a moment is in view. */
  show(atMs: number): void {
    this.#view = showing(this.#view, atMs, this.durationMs);
  }
}
