import type { Result } from '#contract/errors';
import { mostUsers } from '#contract/run';
import type { RunWatch } from './run.watch.ts';

const steps: ReadonlyMap<string, number> = new Map([
  ['w', 1],
  ['W', 10],
  ['s', -1],
  ['S', -10],
]);
const followKey = 'p';

/** Raises and lowers the users of a run by single keys: w +1, W +10, s −1, S −10, p gives them back to the load profile. */
export class UserKeys {
  readonly #watch: RunWatch;
  readonly #set: (users: number | null) => Result<void>;
  #pinned: number | null = null;

  constructor(watch: RunWatch, set: (users: number | null) => Result<void>) {
    this.#watch = watch;
    this.#set = set;
  }

  press(key: string): void {
    const step = steps.get(key);
    const from = this.#pinned ?? this.#watch.asked;
    if (key === followKey && this.#pinned !== null) this.#change(null);
    else if (step !== undefined && from !== null) this.#change(Math.min(mostUsers, Math.max(0, from + step)));
  }

  #change(users: number | null): void {
    const done = this.#set(users);
    if (!done.ok) return this.#watch.onNotice(done.error.message);
    this.#pinned = users;
    this.#watch.pinned(users);
  }
}
