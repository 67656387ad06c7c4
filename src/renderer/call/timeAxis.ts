/** Which stretch of a recording is in view, and how it is zoomed and moved. Times in ms. */

export interface View {
  from: number;
  to: number;
}

/** The shortest stretch that can be shown. */
const leastSpan = 50;

/** A view that lies within the recording and is not too narrow. */
function fitted(view: View, duration: number): View {
  const whole = Math.max(leastSpan, duration);
  const span = Math.min(whole, Math.max(leastSpan, view.to - view.from));
  const from = Math.max(0, Math.min(whole - span, view.from));
  return { from, to: from + span };
}

export function wholeView(duration: number): View {
  return fitted({ from: 0, to: duration }, duration);
}

/** Shows `factor` times as much; what is at `anchor` stays where it is. */
export function zoomed(view: View, factor: number, anchor: number, duration: number): View {
  const span = Math.max(leastSpan, Math.min(Math.max(leastSpan, duration), (view.to - view.from) * factor));
  const share = (anchor - view.from) / (view.to - view.from);
  const from = anchor - span * share;
  return fitted({ from, to: from + span }, duration);
}

export function moved(view: View, by: number, duration: number): View {
  return fitted({ from: view.from + by, to: view.to + by }, duration);
}

/** The view, or one of the same width in which a moment is seen: a little inside, so that what comes next is seen too. */
export function showing(view: View, at: number, duration: number): View {
  if (at >= view.from && at <= view.to) return view;
  const span = view.to - view.from;
  return fitted({ from: at - span * 0.1, to: at + span * 0.9 }, duration);
}

const steps = [1, 2, 5];

/** Marks of the ruler: round times at least `leastPx` apart. */
export function ticks(view: View, width: number, leastPx = 90): number[] {
  const least = ((view.to - view.from) * leastPx) / Math.max(1, width);
  const step = [...roundTimes()].find((time) => time >= least) ?? 3_600_000;
  const first = Math.ceil(view.from / step);
  const count = Math.floor(view.to / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (first + i) * step);
}

/** 1, 2, 5, 10 … 500 ms, 1, 2, 5, 10, 15, 30 s, 1, 2, 5 … min. */
function* roundTimes(): Generator<number> {
  for (const size of [1, 10, 100]) for (const step of steps) yield size * step;
  for (const seconds of [1, 2, 5, 10, 15, 30]) yield seconds * 1000;
  for (const minutes of [1, 2, 5, 10, 15, 30]) yield minutes * 60_000;
}

/** A moment of the recording: `00:41.327`; `01:02:03.004` from an hour on; `−` before its first sample. */
export function momentText(ms: number, digits = 3): string {
  const rounded = Math.round(Math.abs(ms) * 10 ** (digits - 3)) / 10 ** (digits - 3);
  const two = (n: number) => String(n).padStart(2, '0');
  const seconds = Math.floor(rounded / 1000);
  const hours = Math.floor(seconds / 3600);
  const clock = `${hours > 0 ? `${two(hours)}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const rest =
    digits > 0
      ? `.${String(Math.round(rounded % 1000))
          .padStart(3, '0')
          .slice(0, digits)}`
      : '';
  return `${ms < 0 && rounded > 0 ? '−' : ''}${clock}${rest}`;
}

/** Digits after the second that tell the marks of a ruler apart. */
export function tickDigits(marks: readonly number[]): number {
  const [first, second] = marks;
  if (first === undefined || second === undefined) return 3;
  const step = second - first;
  return step >= 1000 ? 0 : step >= 100 ? 1 : step >= 10 ? 2 : 3;
}
