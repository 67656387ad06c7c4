/**
 * Both sides of a call on one time line, as samples counted from its beginning. Written where they belong, the agent's
 * ahead of time when it sends faster than it is heard; fetched in order, up to a moment.
 */
import type { RecordedStretch } from './part.ts';
import type { RecordingRoom } from './room.ts';

export const callerLane = 0;
export const agentLane = 1;
export type LaneName = typeof callerLane | typeof agentLane;

/** Frames join when they are no further apart than what rounding to samples makes. */
const joinSamples = 2;
const lanes = 2;

export class Lanes {
  /** Samples of a window in each lane. A window holds the caller's first, then the agent's. */
  readonly #size: number;
  readonly #room: RecordingRoom;
  readonly #windows: Int16Array<ArrayBuffer>[] = [];
  /** Position of the first window. */
  #first = 0;
  /** Everything before it has been fetched. */
  #taken = 0;
  readonly #ends: [number, number] = [0, 0];

  /** Memory is taken from `room` by windows of one second. */
  constructor(sampleRate: number, room: RecordingRoom) {
    this.#size = sampleRate;
    this.#room = room;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Where the newest samples of a lane end. */
  end(lane: LaneName): number {
    return this.#ends[lane];
  }

  /** Puts samples down at `position`, or behind what is there already. False when there is no room for them. */
  write(lane: LaneName, position: number, samples: Int16Array): boolean {
    const end = this.#ends[lane];
    const at = position - end <= joinSamples && end > 0 ? end : position;
    const { length } = samples;
    for (let from = Math.max(0, this.#taken - at); from < length;) {
      const window = this.#window(at + from);
      if (!window) return false;
      const offset = (at + from - this.#first) % this.#size;
      const count = Math.min(length - from, this.#size - offset);
      window.set(
        count === length ? samples : samples.subarray(from, from + count),
        lane * this.#size + offset,
      );
      from += count;
    }
    this.#ends[lane] = at + length;
    return true;
  }

  /** What the agent has sent for `position` and later is never heard. */
  cutAgent(position: number): void {
    const from = Math.max(position, this.#taken);
    const end = this.#ends[agentLane];
    if (from >= end) return;
    for (let at = from; at < end;) {
      const offset = (at - this.#first) % this.#size;
      const count = Math.min(end - at, this.#size - offset);
      this.#windows[Math.floor((at - this.#first) / this.#size)]?.fill(
        0,
        this.#size + offset,
        this.#size + offset + count,
      );
      at += count;
    }
    this.#ends[agentLane] = from;
    this.#drop(Math.max(from, this.#ends[callerLane]));
  }

  /** Nothing will be fetched any more. */
  release(): void {
    this.#drop(this.#first);
  }

  /** Nothing from `position` on will be fetched. */
  endAt(position: number): void {
    this.#ends[callerLane] = Math.min(this.#ends[callerLane], position);
    this.#ends[agentLane] = Math.min(this.#ends[agentLane], position);
    this.#drop(position);
  }

  /** Fetches everything before `until`; less when there is no room for the silence that nobody has written. */
  take(until: number): RecordedStretch[] {
    const stretches: RecordedStretch[] = [];
    while (this.#taken < until) {
      const window = this.#window(this.#taken);
      if (!window) break;
      const offset = this.#taken - this.#first;
      const count = Math.min(until - this.#taken, this.#size - offset);
      const caller = window.subarray(offset, offset + count);
      const agent = window.subarray(this.#size + offset, this.#size + offset + count);
      this.#taken += count;
      if (offset + count === this.#size) {
        stretches.push({ caller, agent });
        this.#windows.shift();
        this.#first += this.#size;
        this.#room.giveBack(this.#bytes);
      } else {
        // The window is still being written to.
        const copy = new Int16Array(lanes * count);
        copy.set(caller);
        copy.set(agent, count);
        stretches.push({ caller: copy.subarray(0, count), agent: copy.subarray(count) });
      }
    }
    return stretches;
  }

  get #bytes(): number {
    return this.#size * lanes * Int16Array.BYTES_PER_ELEMENT;
  }

  #window(position: number): Int16Array<ArrayBuffer> | null {
    const index = Math.floor((position - this.#first) / this.#size);
    while (this.#windows.length <= index) {
      if (!this.#room.take(this.#bytes)) return null;
      this.#windows.push(new Int16Array(lanes * this.#size));
    }
    return this.#windows[index] ?? null;
  }

  /** Gives windows back that begin at `position` or later. */
  #drop(position: number): void {
    while (this.#windows.length > 0 && this.#first + (this.#windows.length - 1) * this.#size >= position) {
      this.#windows.pop();
      this.#room.giveBack(this.#bytes);
    }
  }
}
