/** The present moment, once a second, for clocks that count up on screen. */
class Clock {
  #now = $state(performance.now());

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.#now = performance.now();
    }, 500);
  }

  /** `performance.now()` at the newest beat. */
  get now(): number {
    return this.#now;
  }
}

export const clock = new Clock();
