/** Who is on the line: hands out users to groups by weight and to workers in turn, and takes the newest back first. */
import type { UserAssignment } from '../messages.ts';

/** Successive multiples of the golden ratio spread evenly over the interval, however many there will be. */
const golden = 0.6180339887498949;

function listOf<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

interface Placed {
  assignment: UserAssignment;
  worker: number;
}

export class Roster {
  readonly #weights: readonly number[];
  readonly #workers: number;
  readonly #perGroup: number[];
  #placed: Placed[] = [];
  #created = 0;

  constructor(weights: readonly number[], workers: number) {
    this.#weights = weights;
    this.#workers = workers;
    this.#perGroup = weights.map(() => 0);
  }

  /** Users asked for now, whether they still make calls or are through. */
  get size(): number {
    return this.#placed.length;
  }

  /** Places further users; grouped by worker. */
  add(count: number): Map<number, UserAssignment[]> {
    const byWorker = new Map<number, UserAssignment[]>();
    for (let i = 0; i < count; i++) {
      const vu = ++this.#created;
      const worker = (vu - 1) % this.#workers;
      const group = this.#nextGroup();
      const assignment = {
        vu,
        group,
        phase: (Math.floor((vu - 1) / this.#workers) * golden + worker / this.#workers) % 1,
      };
      this.#placed.push({ assignment, worker });
      listOf(byWorker, worker).push(assignment);
    }
    return byWorker;
  }

  /** Takes the newest users off; grouped by worker. */
  remove(count: number): Map<number, number[]> {
    const byWorker = new Map<number, number[]>();
    for (const { assignment, worker } of this.#placed.splice(Math.max(0, this.#placed.length - count))) {
      this.#perGroup[assignment.group] = (this.#perGroup[assignment.group] ?? 1) - 1;
      listOf(byWorker, worker).push(assignment.vu);
    }
    return byWorker;
  }

  /** The group that is furthest below its share. */
  #nextGroup(): number {
    let best = 0;
    let bestRatio = Number.POSITIVE_INFINITY;
    this.#weights.forEach((weight, group) => {
      const ratio = ((this.#perGroup[group] ?? 0) + 1) / weight;
      if (ratio < bestRatio) {
        best = group;
        bestRatio = ratio;
      }
    });
    this.#perGroup[best] = (this.#perGroup[best] ?? 0) + 1;
    return best;
  }
}
