/** Who is on the line for a load: hands out users and calls by weight, and takes the newest users back first. */
import type { ToWorker, UserAssignment } from '../../messages.ts';
import type { Numbering } from './numbering.ts';
import type { Shares } from './shares.ts';

function listOf<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

export interface RosterOptions {
  /** Index into `RunPlan.loads`. */
  load: number;
  shares: Shares;
  numbering: Numbering;
  send: (worker: number, message: ToWorker) => void;
}

export class Roster {
  readonly #options: RosterOptions;
  /** Users that were not taken off, the newest last. */
  readonly #placed: { vu: number; group: number; worker: number }[] = [];
  readonly #alive = new Set<number>();

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Users asked for now, whether they still make calls or are through. */
  get size(): number {
    return this.#placed.length;
  }

  /** Users and arriving calls of which more is to be heard. */
  get alive(): number {
    return this.#alive.size;
  }

  /** Places further users. */
  add(count: number): void {
    this.#hand(count, (assignment, worker) => {
      this.#placed.push({ vu: assignment.vu, group: assignment.group, worker });
      return assignment;
    });
  }

  /** Hands out calls that arrive at these stamps. */
  expect(stamps: readonly number[]): void {
    this.#hand(stamps.length, (assignment, _worker, i) => ({ ...assignment, arrivesAt: stamps[i] ?? 0 }));
  }

  /** Takes the newest users off. */
  remove(count: number): void {
    const byWorker = new Map<number, number[]>();
    for (const { vu, group, worker } of this.#placed.splice(Math.max(0, this.#placed.length - count))) {
      this.#options.shares.giveBack(group);
      listOf(byWorker, worker).push(vu);
    }
    for (const [worker, vus] of byWorker) this.#options.send(worker, { type: 'remove', vus });
  }

  /** Takes on or off whoever is missing or too many, at most `most` newcomers at once. */
  match(asked: number, most: number): void {
    if (asked > this.size) this.add(Math.min(most, asked - this.size));
    else if (asked < this.size) this.remove(this.size - asked);
  }

  /** A user will not be heard of again; false when it was none of these. */
  gone(vu: number): boolean {
    return this.#alive.delete(vu);
  }

  #hand(
    count: number,
    finish: (assignment: UserAssignment, worker: number, i: number) => UserAssignment,
  ): void {
    const { load, numbering, send, shares } = this.#options;
    const byWorker = new Map<number, UserAssignment[]>();
    for (let i = 0; i < count; i++) {
      const { vu, worker, phase } = numbering.next();
      this.#alive.add(vu);
      listOf(byWorker, worker).push(finish({ vu, load, group: shares.next(), phase }, worker, i));
    }
    for (const [worker, users] of byWorker) send(worker, { type: 'add', users });
  }
}
