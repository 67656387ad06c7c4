/** Who is on the line for a load: hands out users and calls by weight, and takes the newest users back first. */
import type { ToWorker, UserAssignment } from '../../messages.ts';
import type { Places } from '../../sharedCounts.ts';
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
  /** Arrivals of users that stay for further ones; left out: there are none. */
  staying?: Staying | undefined;
  send: (worker: number, message: ToWorker) => void;
}

export interface Staying {
  /** Whether users of an entry (by index) do. */
  are: (group: number) => boolean;
  /** Engine threads. */
  workers: number;
  places: Places;
}

/** Arrivals for users that stay, of one worker. */
interface Stamps {
  at: number[];
  group: number[];
}

export class Roster {
  readonly #options: RosterOptions;
  /** Users that were not taken off, the newest last. */
  readonly #placed: { vu: number; group: number; worker: number }[] = [];
  readonly #alive = new Set<number>();
  /** Arrivals for users that stay go to the workers in turn. */
  #turn = 0;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Users asked for now, whether they still make calls or are through. */
  get size(): number {
    return this.#placed.length;
  }

  /** Users and arriving calls of which more is to be heard. */
  get alive(): number {
    return this.#alive.size + (this.#options.staying?.places.users ?? 0);
  }

  /** Places further users. */
  add(count: number): void {
    const groups = Array.from({ length: count }, () => this.#options.shares.next());
    this.#hand(groups, (assignment, worker) => {
      this.#placed.push({ vu: assignment.vu, group: assignment.group, worker });
      return assignment;
    });
  }

  /** Hands out calls and iterations that arrive at these stamps. */
  expect(stamps: readonly number[]): void {
    const { load, send, shares, staying } = this.#options;
    const calls: { at: number; group: number }[] = [];
    const iterations: (Stamps | undefined)[] = [];
    // With fewer places than workers some have none.
    const sharing = Math.max(1, Math.min(staying?.workers ?? 1, staying?.places.most ?? 1));
    for (const at of stamps) {
      const group = shares.next();
      if (staying?.are(group) !== true) {
        calls.push({ at, group });
        continue;
      }
      const worker = this.#turn++ % sharing;
      const theirs = (iterations[worker] ??= { at: [], group: [] });
      theirs.at.push(at);
      theirs.group.push(group);
    }
    for (const [worker, theirs] of iterations.entries())
      if (theirs !== undefined)
        send(worker, {
          type: 'arrive', load, at: Float64Array.from(theirs.at), group: Uint16Array.from(theirs.group),
        }); // prettier-ignore
    this.#hand(
      calls.map(({ group }) => group),
      (assignment, _worker, i) => ({ ...assignment, arrivesAt: calls[i]?.at ?? 0 }),
    );
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
    groups: readonly number[],
    finish: (assignment: UserAssignment, worker: number, i: number) => UserAssignment,
  ): void {
    const { load, numbering, send } = this.#options;
    const byWorker = new Map<number, UserAssignment[]>();
    for (const [i, group] of groups.entries()) {
      const { vu, worker, phase } = numbering.next();
      this.#alive.add(vu);
      listOf(byWorker, worker).push(finish({ vu, load, group, phase }, worker, i));
    }
    for (const [worker, users] of byWorker) send(worker, { type: 'add', users });
  }
}
