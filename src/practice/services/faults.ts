/** What chance has in store for a request of the services, and when they all stand still. */
import type { ServiceFaults } from '#contract/practice';
import { createRandom, type Random } from '../random.ts';
import { nsOf } from '../time.ts';

/** Keeps the draws of requests apart from those of calls with the same number. */
const requestSeed = 0x5e41;

export interface RequestDraws {
  error: boolean;
  slow: boolean;
  reset: boolean;
  garbage: boolean;
  /** For the delays of this request. */
  random: Random;
}

/** Draws for the n-th request the services see (from 1): always the same number of draws in the same order. */
export function drawRequest(seed: number, faults: ServiceFaults, request: number): RequestDraws {
  const random = createRandom(seed, requestSeed, request);
  const happens = (probability: number) => random() < probability;
  return {
    error: happens(faults.error),
    slow: happens(faults.slow),
    reset: happens(faults.reset),
    garbage: happens(faults.garbage),
    random,
  };
}

/** Standstills: nothing is answered for `stall_for`, every `stall_every` from the first request on. */
export class Stalls {
  readonly #length: bigint;
  readonly #period: bigint;
  #first: bigint | null = null;

  constructor({ stall_for: length, stall_every: period }: Pick<ServiceFaults, 'stall_for' | 'stall_every'>) {
    this.#length = nsOf(length);
    this.#period = nsOf(period);
  }

  /** The moment from `due` on at which something may be answered. */
  holdUntil(due: bigint): bigint {
    if (this.#length === 0n) return due;
    this.#first ??= due;
    const since = due - this.#first;
    if (since < this.#period) return due;
    const within = since % this.#period;
    return within < this.#length ? due + this.#length - within : due;
  }
}
