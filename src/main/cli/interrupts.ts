/** Signals that ask a command to end. */

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
export const interruptSignals: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What a shell shows for a process ended by the signal. */
export const signalExitCodes: Record<InterruptSignal, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export interface Interrupts {
  /** Takes over the signals until the returned function is called. The newest listener gets them alone. */
  listen(listener: (signal: InterruptSignal) => void): () => void;
}

/** Hands signals to the newest listener; `fallback` decides where there is none. */
export class InterruptRelay implements Interrupts {
  readonly #listeners: ((signal: InterruptSignal) => void)[] = [];
  readonly #fallback: (signal: InterruptSignal) => void;

  constructor(fallback: (signal: InterruptSignal) => void) {
    this.#fallback = fallback;
  }

  listen(listener: (signal: InterruptSignal) => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.lastIndexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  raise(signal: InterruptSignal): void {
    (this.#listeners.at(-1) ?? this.#fallback)(signal);
  }
}

/** The same key press often arrives twice: from the terminal, and passed on by a launcher such as npm. */
const samePressMs = 300;

/**
 * The rule of two: the first signal of any kind stops gracefully, a second Ctrl-C aborts. Being asked to end by the
 * system (SIGTERM, SIGHUP) is never more than a first.
 */
export class StopRule {
  #firstAt: number | null = null;
  #aborted = false;

  /** @param atMs a monotonic time in milliseconds */
  decide(signal: InterruptSignal, atMs: number): 'stop' | 'abort' | 'nothing' {
    if (this.#firstAt === null) {
      this.#firstAt = atMs;
      return 'stop';
    }
    if (this.#aborted || signal !== 'SIGINT' || atMs - this.#firstAt < samePressMs) return 'nothing';
    this.#aborted = true;
    return 'abort';
  }
}
