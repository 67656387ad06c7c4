import { describe, expect, it, vi } from 'vitest';
import { Pacer, type Paced } from './pacer.ts';

/** A clock that only moves when told; timers run when the clock has moved. */
function rig(frameMs = 20) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] });
  const time = { now: 0 };
  const clock = { now: () => time.now };
  const pacer = new Pacer(clock, frameMs);
  const run = (ms: number, stepMs = 1) => {
    for (const end = time.now + ms; time.now < end;) {
      time.now += stepMs;
      vi.advanceTimersByTime(1);
    }
  };
  return { pacer, time, run };
}

class Recorder implements Paced {
  readonly dues: number[] = [];
  readonly slips: number[] = [];
  onTick: () => void = () => undefined;
  tick(): boolean {
    return true;
  }
  send(due: number): void {
    this.dues.push(due);
    this.onTick();
  }
  slipped(lag: number): void {
    this.slips.push(lag);
  }
}

describe('pacer', () => {
  it('keeps absolute deadlines: fifty slots a second, each 20 ms after the one before', () => {
    const { pacer, run } = rig();
    const user = new Recorder();
    pacer.add(user, 0.25);
    pacer.start();
    run(10_000);
    expect(user.dues).toHaveLength(500);
    expect(user.dues[0]).toBe(5);
    expect(user.dues.every((due, i) => due === 5 + i * 20)).toBe(true);
    pacer.stop();
  });

  it('catches up on missed slots with their own due times, and never loses one', () => {
    const { pacer, time, run } = rig();
    const user = new Recorder();
    pacer.add(user, 0);
    pacer.start();
    run(100);
    time.now += 150;
    run(50);
    expect(user.slips).toEqual([]);
    expect(user.dues).toHaveLength(16);
    pacer.stop();
  });

  it('re-anchors the schedule when it is more than 200 ms behind, instead of bursting', () => {
    const { pacer, time, run } = rig();
    const user = new Recorder();
    pacer.add(user, 0);
    pacer.start();
    run(100);
    const before = user.dues.length;
    time.now += 1000;
    run(100);
    expect(user.slips).toHaveLength(1);
    expect(user.slips[0]).toBeGreaterThan(900);
    expect(user.dues.length - before).toBeLessThanOrEqual(6);
    pacer.stop();
  });

  it('gives way in the middle of a long sweep and goes on where it was', () => {
    const { pacer, time, run } = rig();
    const users = Array.from({ length: 10 }, () => new Recorder());
    for (const user of users) {
      user.onTick = () => (time.now += 3);
      pacer.add(user, 0);
    }
    pacer.start();
    time.now = 0.5;
    vi.advanceTimersByTime(1);
    expect(users.filter((u) => u.dues.length === 1)).toHaveLength(4);
    vi.advanceTimersByTime(0);
    for (const user of users) user.onTick = () => undefined;
    run(10);
    expect(users.every((u) => u.dues[0] === 0)).toBe(true);
    pacer.stop();
  });

  it('forgets a user that left, even one that leaves within its own slot', () => {
    const { pacer, run } = rig();
    const users = Array.from({ length: 3 }, () => new Recorder());
    for (const user of users) pacer.add(user, 0.5);
    const first = users[0];
    if (first) first.onTick = () => pacer.remove(first);
    pacer.start();
    run(100);
    expect(users.map((u) => u.dues.length)).toEqual([1, 5, 5]);
    pacer.stop();
  });
});
