/**
 * Draws charts a few in each frame of the page, so that none is dropped however many charts there are: as many as the last
 * frames had time for, and at least one. Charts nobody sees wait until they are seen.
 */

/** What is to be drawn: the newest data, or the same data over another stretch. */
export type Drawing = 'data' | 'view';

/** A frame that took longer was one too many for this machine. */
const slowFrameMs = 22;
const most = 32;

export interface Drawable {
  draw(what: Drawing): void;
  /** Left out: always. */
  seen?(): boolean;
}

export class DrawQueue<Chart extends Drawable> {
  readonly #waiting = new Map<Chart, Drawing>();
  readonly #request: (frame: (now: number) => void) => number;
  readonly #cancel: (handle: number) => void;
  #frame: number | null = null;
  #lastFrame: number | null = null;
  #drawnLast = 0;
  #perFrame = 3;
  /** Told once everything that can be seen is drawn. */
  onDrawn: () => void = () => undefined;

  constructor(
    request: (frame: (now: number) => void) => number = (frame) => requestAnimationFrame(frame),
    cancel: (handle: number) => void = (handle) => cancelAnimationFrame(handle),
  ) {
    this.#request = request;
    this.#cancel = cancel;
  }

  /** How many charts a frame has time for, by those before. */
  get perFrame(): number {
    return this.#perFrame;
  }

  get idle(): boolean {
    return this.#frame === null;
  }

  /** Has a chart drawn soon. One that waits already keeps its place. */
  add(chart: Chart, what: Drawing): void {
    const waiting = this.#waiting.get(chart);
    this.#waiting.set(chart, waiting === 'data' ? 'data' : what);
    this.wake();
  }

  remove(chart: Chart): void {
    this.#waiting.delete(chart);
  }

  /** Goes on, for instance because a chart that waits can be seen now. */
  wake(): void {
    if (this.#waiting.size > 0) this.#frame ??= this.#request((now) => this.#draw(now));
  }

  clear(): void {
    this.#waiting.clear();
    if (this.#frame !== null) this.#cancel(this.#frame);
    this.#frame = null;
  }

  #draw(now: number): void {
    this.#frame = null;
    this.#adapt(now);
    let drawn = 0;
    for (const [chart, what] of this.#waiting) {
      if (drawn >= this.#perFrame) break;
      if (chart.seen?.() === false) continue;
      this.#waiting.delete(chart);
      chart.draw(what);
      drawn += 1;
    }
    this.#drawnLast = drawn;
    const more = [...this.#waiting.keys()].some((chart) => chart.seen?.() !== false);
    this.#lastFrame = more ? now : null;
    if (more) this.wake();
    else this.onDrawn();
  }

  /** Half as many after a slow frame, one more after one that was in time. */
  #adapt(now: number): void {
    if (this.#lastFrame === null || this.#drawnLast === 0) return;
    this.#perFrame =
      now - this.#lastFrame > slowFrameMs
        ? Math.max(1, this.#perFrame >> 1)
        : Math.min(most, this.#perFrame + 1);
  }
}
