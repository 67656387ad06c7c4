/** The companions of one run: whatever they do, the run and its record go on. */
import { toAppError } from '#contract/errors';
import type { RunBatch, RunOutcome } from '#engine/run';
import type { AccompaniedRun, Companionship, RunCompanion } from './companion.ts';
import type { FinishedRun } from './started.ts';
import { settlesWithin } from '../settlesWithin.ts';

/** How long the end of a run waits for all companions, ms. */
const companionMs = { ended: 5000, recorded: 10_000 };

interface Accompanying {
  name: string;
  ship: Companionship;
}

export class Companions {
  readonly #run: AccompaniedRun;
  readonly #accompanying: Accompanying[] = [];
  readonly #bounds: typeof companionMs;

  /** The run has begun. */
  constructor(companions: readonly RunCompanion[], run: AccompaniedRun, bounds = companionMs) {
    this.#run = run;
    this.#bounds = bounds;
    for (const companion of companions) {
      const name = companion.name ?? 'What goes along with the run';
      try {
        const ship = companion.begin(run);
        if (ship !== null) this.#accompanying.push({ name, ship });
      } catch (thrown) {
        this.#failed(name, thrown);
      }
    }
  }

  /** A second of the run. Never throws; a companion that fails is told of nothing more. */
  second(batch: RunBatch): void {
    for (const one of this.#accompanying) {
      try {
        one.ship.second?.(batch);
      } catch (thrown) {
        one.ship = { ...one.ship, second: () => {} };
        this.#failed(one.name, thrown);
      }
    }
  }

  /** All at once: each still has to say what belongs into the record. Never rejects. */
  async ended(outcome: RunOutcome): Promise<void> {
    const all = this.#accompanying.map(({ name, ship }) => this.#try(name, () => ship.ended?.(outcome)));
    await this.#within(Promise.all(all), this.#bounds.ended);
  }

  /** One after the other: a later one may rest on what an earlier one found. Never rejects. */
  async recorded(finished: FinishedRun): Promise<void> {
    let late = false;
    const inOrder = async () => {
      for (const { name, ship } of this.#accompanying) {
        if (late) return;
        await this.#try(name, () => ship.recorded?.(finished));
      }
    };
    await this.#within(inOrder(), this.#bounds.recorded);
    late = true;
  }

  async #try(name: string, act: () => Promise<void> | void): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      this.#failed(name, thrown);
    }
  }

  #failed(name: string, thrown: unknown): void {
    const { message } = toAppError(thrown, 'companion_failed');
    this.#run.notice(`${name} failed: ${message.replace(/\.$/, '')}. The run itself is not affected.`);
  }

  async #within(done: Promise<unknown>, boundMs: number): Promise<void> {
    if (await settlesWithin(done, boundMs)) return;
    const names = this.#accompanying.map(({ name }) => name).join(', ');
    this.#run.notice(`The end of the run did not wait longer than ${boundMs / 1000} s for: ${names}.`);
  }
}
