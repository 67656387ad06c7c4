import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StartRunInput } from '#contract/api/runs';
import { fail, ok, type Result } from '#contract/errors';
import { SchedulePlanner, type Clock } from './planner.ts';
import { ScheduleStore } from './store.ts';

/** A clock that stands still until it is moved; what is due then is called. */
class HandClock implements Clock {
  #now: number;
  #waiting: { at: number; call: () => void }[] = [];

  constructor(iso: string) {
    this.#now = Date.parse(iso);
  }

  now = () => new Date(this.#now);

  after = (ms: number, call: () => void) => {
    const one = { at: this.#now + ms, call };
    this.#waiting.push(one);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one);
    };
  };

  /** As a machine that is awake: everything in between is called at its time. */
  to(iso: string): void {
    const until = Date.parse(iso);
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = until;
  }

  /** As a machine that slept until then. */
  sleepUntil(iso: string): void {
    this.#now = Date.parse(iso);
    this.to(iso);
  }
}

let folder: string;
let started: StartRunInput[];
let answer: Result<{ runId: string }>;
const open: SchedulePlanner[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-schedules-'));
  started = [];
  answer = ok({ runId: 'r1' });
});
afterEach(() => {
  for (const planner of open.splice(0)) planner.close();
  rmSync(folder, { recursive: true });
});

const file = () => join(folder, 'schedules.json');

function aPlanner(clock: Clock): SchedulePlanner {
  const planner = new SchedulePlanner({
    store: new ScheduleStore(file()),
    folder,
    clock,
    timezone: 'Europe/Berlin',
    onChange: () => undefined,
    start: (input) => {
      started.push(input);
      return Promise.resolve(answer);
    },
  });
  open.push(planner);
  planner.open();
  return planner;
}

function scenarioFile(): string {
  const path = join(folder, 'night.yaml');
  writeFileSync(path, 'version: 1\nname: Every night\n');
  return path;
}

const daily = (more = {}) => ({
  scenario: scenarioFile(),
  every: 'day' as const,
  days: [],
  time: '06:30',
  enabled: true,
  ...more,
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

it('starts what is due, once, with its environment, its confirmation and its tag', async () => {
  const clock = new HandClock('2026-11-20T12:00:00Z');
  const planner = aPlanner(clock);
  const saved = value(await planner.save(undefined, daily({ environment: 'live', confirm: 'live' })));
  expect(saved).toMatchObject({ name: 'Every night', next: '2026-11-21T05:30:00.000Z', last: null });
  clock.to('2026-11-21T05:29:59Z');
  expect(started).toEqual([]);
  clock.to('2026-11-21T08:00:00Z');
  await planner.settled();
  expect(started).toEqual([
    { scenario: saved.scenario, environment: 'live', confirm: 'live', tags: ['scheduled'] },
  ]);
  expect(value(planner.list())).toMatchObject([
    {
      next: '2026-11-22T05:30:00.000Z',
      last: { at: '2026-11-21T05:30:00.000Z', runId: 'r1', problem: null },
    },
  ]);
  clock.to('2026-11-23T08:00:00Z');
  await planner.settled();
  expect(started).toHaveLength(3);
});

it('keeps why it could not be started', async () => {
  const clock = new HandClock('2026-11-21T05:00:00Z');
  const planner = aPlanner(clock);
  await planner.save(undefined, daily());
  answer = fail('conflict', 'run_in_progress', 'The run "Noon" is going on.');
  clock.to('2026-11-21T06:00:00Z');
  await planner.settled();
  expect(value(planner.list())[0]?.last).toEqual({
    at: '2026-11-21T05:30:00.000Z',
    runId: null,
    problem: 'The run "Noon" is going on.',
  });
});

it('does not make up what was missed, but says it', async () => {
  const clock = new HandClock('2026-11-18T12:00:00Z');
  const first = aPlanner(clock);
  await first.save(undefined, daily());
  first.close();
  clock.sleepUntil('2026-11-21T12:00:00Z');
  const second = aPlanner(clock);
  expect(value(second.list())[0]?.last).toEqual({
    at: '2026-11-21T05:30:00.000Z',
    runId: null,
    problem: 'Missed: Crosstalk was not open then. A missed time is not made up.',
  });
  clock.sleepUntil('2026-11-22T09:00:00Z');
  expect(value(second.list())[0]?.last?.problem).toContain('this machine slept then');
  await second.settled();
  expect(started).toEqual([]);
});

it('starts nothing that is switched off or was removed, and nothing once it is closed', async () => {
  const clock = new HandClock('2026-11-20T12:00:00Z');
  const planner = aPlanner(clock);
  const off = value(await planner.save(undefined, daily({ enabled: false })));
  expect(off.next).toBeNull();
  const gone = value(await planner.save(undefined, daily()));
  planner.remove(gone.id);
  clock.to('2026-11-21T12:00:00Z');
  await planner.save(off.id, daily());
  planner.close();
  clock.to('2026-11-22T12:00:00Z');
  await planner.settled();
  expect(started).toEqual([]);
  expect(value(planner.list())).toHaveLength(1);
});

it('of two that are open on one home, one starts it', async () => {
  const clock = new HandClock('2026-11-20T12:00:00Z');
  const first = aPlanner(clock);
  const second = aPlanner(clock);
  await first.save(undefined, daily());
  clock.to('2026-11-21T12:00:00Z');
  await Promise.all([first.settled(), second.settled()]);
  expect(started).toHaveLength(1);
  expect(readdirSync(folder).filter((name) => name.startsWith('.scheduled-'))).toHaveLength(1);
});

it('puts a file aside that it does not understand', () => {
  writeFileSync(file(), '{"version":1,"schedules":[{"id":7}]}');
  const store = new ScheduleStore(file());
  const read = store.read();
  expect(read.ok ? '' : read.error.message).toContain('put aside');
  expect(value(store.read())).toEqual([]);
  const aside = readdirSync(folder).find((name) => name.includes('invalid')) ?? '';
  expect(readFileSync(join(folder, aside), 'utf8')).toContain('"id":7');
});

it('refuses a week without days, and an id that is not there', async () => {
  const planner = aPlanner(new HandClock('2026-11-20T12:00:00Z'));
  const none = await planner.save(undefined, daily({ every: 'week' }));
  expect(none.ok ? '' : none.error.code).toBe('no_days');
  const unknown = await planner.save('nobody', daily());
  expect(unknown.ok ? '' : unknown.error.code).toBe('unknown_schedule');
});
