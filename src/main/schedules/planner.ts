/** Starts what is due while the app is open. What is missed is not made up, but said. */
import { randomBytes } from 'node:crypto';
import type { ApiHandlers } from '#contract/api/index';
import type { Schedule } from '#contract/api/schedules';
import { fail, ok, toAppError, type Result } from '#contract/errors';
import { claim, release } from './claim.ts';
import { scenarioName } from './scenarioName.ts';
import type { KeptSchedule, ScheduleStore } from './store.ts';
import { lastTime, nextTime } from './times.ts';

/** What the time is and how to wait; a test has its own. */
export interface Clock {
  now(): Date;
  /** Calls once after so long (ms); the returned function takes it back. */
  after(ms: number, call: () => void): () => void;
}

const systemClock: Clock = {
  now: () => new Date(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The clock is looked at so often at least: it may be put on, and the machine may sleep. */
const lookEveryMs = 30_000;
/** Later than this a time counts as missed: the machine slept through it. */
const graceMs = 2 * 60_000;
/** The tag of every run that was scheduled. */
export const scheduledTag = 'scheduled';
const mostSchedules = 200;

export interface PlannerOptions {
  store: ScheduleStore;
  /** Where claims are laid down. */
  folder: string;
  start: ApiHandlers['runs']['start'];
  onChange: () => void;
  clock?: Clock;
  /** Left out: this machine's. */
  timezone?: string;
}

export class SchedulePlanner {
  readonly #options: PlannerOptions;
  readonly #clock: Clock;
  #waiting: (() => void) | null = null;
  #closed = false;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Says what was missed while Crosstalk was not open, and begins to wait. */
  open(): void {
    this.#look(true);
  }

  /** Nothing is started any more. */
  close(): void {
    this.#closed = true;
    this.#waiting?.();
    this.#waiting = null;
  }

  /** Resolves once whatever was due has been started, or refused. */
  settled(): Promise<unknown> {
    return this.#starting;
  }

  list(): Result<Schedule[]> {
    const kept = this.#options.store.read();
    return kept.ok ? ok(kept.value.map((one) => this.#shown(one))) : kept;
  }

  async save(
    id: string | undefined,
    input: Omit<KeptSchedule, 'id' | 'name' | 'last' | 'seen'>,
  ): Promise<Result<Schedule>> {
    if (input.every === 'week' && input.days.length === 0)
      return fail('invalid_input', 'no_days', 'Choose at least one day of the week.');
    const name = await scenarioName(input.scenario);
    const kept = this.#options.store.read();
    if (!kept.ok) return kept;
    const before = kept.value.find((one) => one.id === id);
    if (id !== undefined && before === undefined)
      return fail('not_found', 'unknown_schedule', 'This schedule was removed meanwhile; make a new one.');
    if (before === undefined && kept.value.length >= mostSchedules)
      return fail(
        'refused',
        'too_many_schedules',
        `There are ${mostSchedules} schedules already; remove one first.`,
      );
    const made: KeptSchedule = {
      ...input,
      id: before?.id ?? randomBytes(8).toString('hex'),
      name,
      last: before?.last ?? null,
      seen: this.#clock.now().toISOString(),
    };
    const all =
      before === undefined ? [...kept.value, made] : kept.value.map((one) => (one === before ? made : one));
    const written = this.#options.store.write(all);
    if (!written.ok) return written;
    this.#options.onChange();
    this.#wait();
    return ok(this.#shown(made));
  }

  remove(id: string): Result<void> {
    const kept = this.#options.store.read();
    if (!kept.ok) return kept;
    if (!kept.value.some((one) => one.id === id)) return ok(undefined);
    const written = this.#options.store.write(kept.value.filter((one) => one.id !== id));
    if (!written.ok) return written;
    release(this.#options.folder, id);
    this.#options.onChange();
    this.#wait();
    return ok(undefined);
  }

  #shown({ seen: _seen, ...schedule }: KeptSchedule): Schedule {
    return { ...schedule, next: this.#next(schedule)?.toISOString() ?? null };
  }

  #next(schedule: Omit<KeptSchedule, 'seen'>): Date | null {
    return schedule.enabled ? nextTime(schedule, this.#clock.now(), this.#options.timezone) : null;
  }

  /** Waits for the next look: at what is due next, or sooner. */
  #wait(): void {
    this.#waiting?.();
    this.#waiting = null;
    if (this.#closed) return;
    const kept = this.#options.store.read();
    const now = this.#clock.now().getTime();
    const due = (kept.ok ? kept.value : []).flatMap((one) => this.#next(one)?.getTime() ?? []);
    const soonest = due.reduce((a, b) => Math.min(a, b), now + lookEveryMs);
    this.#waiting = this.#clock.after(Math.max(0, soonest - now), () => this.#look(false));
  }

  /** Looks after every time between the last look and now. */
  #look(opening: boolean): void {
    if (this.#closed) return;
    const { store, timezone, folder, onChange } = this.#options;
    const kept = store.read();
    const now = this.#clock.now();
    const due: { schedule: KeptSchedule; at: Date }[] = [];
    const missed: KeptSchedule[] = [];
    if (kept.ok && kept.value.length > 0) {
      const looked = kept.value.map((schedule): KeptSchedule => {
        const at = schedule.enabled ? lastTime(schedule, new Date(schedule.seen), now, timezone) : null;
        if (at === null) return schedule;
        const seen = { ...schedule, seen: now.toISOString() };
        if (!claim(folder, schedule.id, at)) return schedule;
        if (now.getTime() - at.getTime() <= graceMs) {
          due.push({ schedule, at });
          return seen;
        }
        const why = opening ? 'Crosstalk was not open then' : 'this machine slept then, or was too busy';
        const late = {
          ...seen,
          last: {
            at: at.toISOString(),
            runId: null,
            problem: `Missed: ${why}. A missed time is not made up.`,
          },
        };
        missed.push(late);
        return late;
      });
      if (due.length > 0 || missed.length > 0) store.write(looked);
    }
    if (missed.length > 0) onChange();
    // One after the other: the second of two that are due at once is refused, and says which run is going on.
    for (const { schedule, at } of due) this.#starting = this.#starting.then(() => this.#start(schedule, at));
    this.#wait();
  }

  async #start(schedule: KeptSchedule, at: Date): Promise<void> {
    if (this.#closed) return;
    const { scenario, environment, confirm } = schedule;
    let started: Result<{ runId: string }>;
    try {
      started = await this.#options.start({ scenario, environment, confirm, tags: [scheduledTag] });
    } catch (thrown) {
      started = { ok: false, error: toAppError(thrown) };
    }
    this.#keepLast(schedule.id, {
      at: at.toISOString(),
      runId: started.ok ? started.value.runId : null,
      problem: started.ok ? null : started.error.message,
    });
  }

  #keepLast(id: string, last: NonNullable<Schedule['last']>): void {
    const kept = this.#options.store.read();
    if (kept.ok) this.#options.store.write(kept.value.map((one) => (one.id === id ? { ...one, last } : one)));
    this.#options.onChange();
  }
}
