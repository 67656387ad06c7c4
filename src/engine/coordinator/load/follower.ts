/** One load of a run from its start to the last of its calls. */
import type { LoadDriver } from './driver.ts';
import type { Roster } from './roster.ts';

export interface FollowedLoad {
  /** Index into `RunPlan.loads`. */
  index: number;
  startAfterMs: number;
  gracefulStopMs: number;
  driver: LoadDriver;
  roster: Roster;
  /** Lets the turns of its calls end, or cuts them off. */
  send: (message: { type: 'stop' | 'cut'; load: number }) => void;
}

export class LoadFollower {
  readonly #load: FollowedLoad;
  #state: 'running' | 'ending' | 'over' = 'running';
  #deadline = Number.POSITIVE_INFINITY;

  constructor(load: FollowedLoad) {
    this.#load = load;
  }

  get state(): 'running' | 'ending' | 'over' {
    return this.#state;
  }

  /** Calls asked for now. */
  get asked(): number {
    return this.#state === 'running' ? this.#load.driver.asked : 0;
  }

  /** `now` is a stamp of the run's clock. */
  follow(now: number): void {
    const { driver, index, roster, send, startAfterMs } = this.#load;
    if (this.#state === 'running' && now >= startAfterMs && driver.follow(now - startAfterMs)) this.end(now);
    if (this.#state !== 'ending') return;
    if (roster.alive > 0 && now < this.#deadline) return;
    if (roster.alive > 0) send({ type: 'cut', load: index });
    this.#state = 'over';
  }

  /** Nothing begins any more; open turns may end within the graceful stop. */
  end(now: number): void {
    if (this.#state !== 'running') return;
    this.#state = 'ending';
    this.#deadline = now + this.#load.gracefulStopMs;
    this.#load.send({ type: 'stop', load: this.#load.index });
  }
}
