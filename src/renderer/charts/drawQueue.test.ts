import { describe, expect, it } from 'vitest';
import { DrawQueue, type Drawing } from './drawQueue.ts';

/** Frames that come when the test says so. */
class Frames {
  #wanted: ((now: number) => void)[] = [];
  now = 0;

  readonly request = (frame: (now: number) => void): number => this.#wanted.push(frame);
  readonly cancel = (): void => {
    this.#wanted = [];
  };

  get waiting(): number {
    return this.#wanted.length;
  }

  pass(ms: number): void {
    this.now += ms;
    for (const frame of this.#wanted.splice(0)) frame(this.now);
  }
}

function charts(count: number, drawn: string[]) {
  return Array.from({ length: count }, (_, i) => ({
    visible: true,
    draw: (what: Drawing) => drawn.push(`${i} ${what}`),
    seen() {
      return this.visible;
    },
  }));
}

describe('charts that wait to be drawn', () => {
  it('are drawn a few in each frame, in turn', () => {
    const [frames, drawn]: [Frames, string[]] = [new Frames(), []];
    const queue = new DrawQueue(frames.request, frames.cancel);
    for (const chart of charts(5, drawn)) queue.add(chart, 'view');
    expect(frames.waiting).toBe(1);
    frames.pass(16);
    expect(drawn).toEqual(['0 view', '1 view', '2 view']);
    frames.pass(16);
    expect(drawn).toHaveLength(5);
    expect(frames.waiting).toBe(0);
  });

  it('are drawn once, with their data if those are new', () => {
    const [frames, drawn]: [Frames, string[]] = [new Frames(), []];
    const queue = new DrawQueue(frames.request, frames.cancel);
    const [chart] = charts(1, drawn);
    if (!chart) return;
    queue.add(chart, 'data');
    queue.add(chart, 'view');
    frames.pass(16);
    expect(drawn).toEqual(['0 data']);
  });

  it('are fewer in a frame after a slow one, and more after one in time', () => {
    const [frames, drawn]: [Frames, string[]] = [new Frames(), []];
    const queue = new DrawQueue(frames.request, frames.cancel);
    for (const chart of charts(30, drawn)) queue.add(chart, 'view');
    frames.pass(16);
    frames.pass(90);
    expect(queue.perFrame).toBe(1);
    frames.pass(16);
    expect(queue.perFrame).toBe(2);
  });

  it('wait while nobody sees them, and ask for no frames meanwhile', () => {
    const [frames, drawn]: [Frames, string[]] = [new Frames(), []];
    const queue = new DrawQueue(frames.request, frames.cancel);
    let told = 0;
    queue.onDrawn = () => (told += 1);
    const [chart] = charts(1, drawn);
    if (!chart) return;
    chart.visible = false;
    queue.add(chart, 'data');
    frames.pass(16);
    expect(drawn).toEqual([]);
    expect(queue.idle).toBe(true);
    expect(told).toBe(1);
    chart.visible = true;
    queue.wake();
    frames.pass(16);
    expect(drawn).toEqual(['0 data']);
  });
});
