/**
 * Where the generator is strained, and where its numbers can no longer be trusted (MEASUREMENT: the generator's own
 * honesty). One judgement for the engine, the screens and the command line.
 */
import type { GeneratorHealth, Sample } from './run.ts';

/** Milliseconds; shares 0–1. */
export const generatorLimits = {
  latenessP99: { strained: 5, overloaded: 10 },
  eventLoop: { strained: 0.7, overloaded: 0.85 },
  loopDelay: { strained: 25, overloaded: 50 },
  /** Of the time a thread had work, the share it waited for a core while none was free. */
  waiting: { strained: 0.2, overloaded: 0.28 },
  /** Of all time, the share a thread waited for a core, whether one seemed free or not. */
  runQueue: { strained: 0.2, overloaded: 0.3 },
} as const;

/** Cores left idle below which none is free: what is left are the gaps between other programs' turns. */
export const freeCore = 0.05;

/** What must last is judged over this many seconds: one busy second at the start of a run is no bottleneck. */
export const judgedSeconds = 5;

/** A report of less than this, at the very end of a run, is no second. */
const shortestSecondMs = 500;

/** How the generator fares, as one word for a status line. */
export const generatorWords = ['healthy', 'strained', 'overloaded'] as const;
export type GeneratorWord = (typeof generatorWords)[number];

type Limit = (typeof generatorLimits)[keyof typeof generatorLimits];

/** The word for one second, and what is wrong in few words each; nothing while healthy. */
export function generatorState(health: GeneratorHealth): { word: GeneratorWord; reasons: string[] } {
  const reasons: Record<'strained' | 'overloaded', string[]> = { strained: [], overloaded: [] };
  const weigh = (value: number, limit: Limit, text: string) => {
    if (value > limit.overloaded) reasons.overloaded.push(text);
    else if (value > limit.strained) reasons.strained.push(text);
  };
  const lateness = health.latenessP99 ?? 0;
  weigh(lateness, generatorLimits.latenessP99, `frames sent ${lateness.toFixed(1)} ms late (p99)`);
  weigh(health.eventLoop, generatorLimits.eventLoop, `event loop ${percent(health.eventLoop)} busy`);
  weigh(
    health.loopDelay,
    generatorLimits.loopDelay,
    `event loop blocked for ${health.loopDelay.toFixed(0)} ms`,
  );
  const waited = Math.max(0, ...threadsOf(health).map((thread) => waiting(thread, health.idleCores)));
  const runQueue = health.runQueue ?? 0;
  if (waited > generatorLimits.waiting.strained)
    weigh(waited, generatorLimits.waiting, `no core was free for ${percent(waited)} of its work`);
  else weigh(runQueue, generatorLimits.runQueue, `waited for a core ${percent(runQueue)} of the time`);
  if (health.slipped > 0) reasons.overloaded.push(`${health.slipped} calls fell behind their schedule`);
  const all = [...reasons.overloaded, ...reasons.strained];
  return {
    word: reasons.overloaded.length > 0 ? 'overloaded' : all.length > 0 ? 'strained' : 'healthy',
    reasons: all,
  };
}

/** What makes a run untrusted, with its figure, and since when: seconds since the start of the load. */
export interface Finding {
  since: number;
  text: string;
}

/** A finding as one phrase. */
export function findingText({ text, since }: Finding): string {
  return `${text}, first ${Math.max(0, Math.round(since))} s into the run`;
}

/** One thread's figures of a second, as far as they are judged over several. */
interface Thread {
  worker: number;
  eventLoop: number;
  runQueue: number | null;
  cpu: number | null;
}

/** Samples of older runs say nothing of single threads: the busiest stands for all. */
function threadsOf(health: GeneratorHealth): Thread[] {
  if (health.workers.length > 0) return health.workers;
  return [{ worker: 0, eventLoop: health.eventLoop, runQueue: health.runQueue, cpu: null }];
}

/** Of the time a thread had work the share it waited for a core; 0 where that is not known or a core was free. */
function waiting({ runQueue, cpu }: Pick<Thread, 'runQueue' | 'cpu'>, idleCores: number | null): number {
  if (runQueue === null || cpu === null || idleCores === null || idleCores >= freeCore) return 0;
  return runQueue + cpu > 0 ? runQueue / (runQueue + cpu) : 0;
}

/** Something that may be beyond its limit: the worst it was, and since when. */
class Watched {
  readonly limit: number;
  worst = 0;
  since: number | null = null;

  constructor(limit: number) {
    this.limit = limit;
  }

  see(value: number, seconds: number): void {
    this.worst = Math.max(this.worst, value);
    if (value > this.limit) this.since ??= seconds;
  }

  finding(text: (worst: number, limit: number) => string): Finding[] {
    return this.since === null ? [] : [{ since: this.since, text: text(this.worst, this.limit) }];
  }
}

type Second = Thread & { idleCores: number | null };

/**
 * Follows a run second by second and says what condemns it. Slips and a blocked event loop do so at once; a busy loop
 * and waiting for a core only when they last, so that a burst of connects does not.
 */
export class GeneratorJudge {
  readonly #recent = new Map<number, Second[]>();
  readonly #eventLoop = new Watched(generatorLimits.eventLoop.overloaded);
  readonly #loopDelay = new Watched(generatorLimits.loopDelay.overloaded);
  readonly #waiting = new Watched(generatorLimits.waiting.overloaded);
  readonly #runQueue = new Watched(generatorLimits.runQueue.overloaded);
  #slipped: { calls: number; since: number } | null = null;
  #lastAt = 0;

  /** The worst over `judgedSeconds` so far, of one thread. */
  get worst(): { eventLoop: number; waiting: number; runQueue: number } {
    return {
      eventLoop: this.#eventLoop.worst,
      waiting: this.#waiting.worst,
      runQueue: this.#runQueue.worst,
    };
  }

  /** Takes in the next second. */
  second({ at, generator }: Pick<Sample, 'at' | 'generator'>): void {
    const seconds = at / 1000;
    const whole = at - this.#lastAt >= shortestSecondMs;
    this.#lastAt = at;
    if (generator.slipped > 0)
      this.#slipped = {
        calls: (this.#slipped?.calls ?? 0) + generator.slipped,
        since: this.#slipped?.since ?? seconds,
      };
    this.#loopDelay.see(generator.loopDelay, seconds);
    if (!whole) return;
    for (const thread of threadsOf(generator))
      this.#thread({ ...thread, idleCores: generator.idleCores }, seconds);
  }

  #thread(thread: Second, seconds: number): void {
    const recent = this.#recent.get(thread.worker) ?? [];
    this.#recent.set(thread.worker, recent);
    recent.push(thread);
    if (recent.length > judgedSeconds) recent.shift();
    if (recent.length < judgedSeconds) return;
    const began = seconds - judgedSeconds;
    const runQueue = mean(recent.map((s) => s.runQueue));
    this.#eventLoop.see(mean(recent.map((s) => s.eventLoop)) ?? 0, began);
    this.#runQueue.see(runQueue ?? 0, began);
    const figures = { runQueue, cpu: mean(recent.map((s) => s.cpu)) };
    this.#waiting.see(waiting(figures, mean(recent.map((s) => s.idleCores))), began);
  }

  /** What condemns the run so far, the earliest first. */
  findings(): Finding[] {
    const over = `over ${judgedSeconds} s`;
    const waiting = this.#waiting.finding(
      (worst, limit) =>
        `no core was free and the generator waited ${percent(worst)} of the time it had work ${over}, limit ${percent(limit)} (other programs take the processor)`,
    );
    return [
      ...(this.#slipped === null
        ? []
        : [
            {
              since: this.#slipped.since,
              text: `${this.#slipped.calls} ${this.#slipped.calls === 1 ? 'call' : 'calls'} slipped more than 200 ms behind schedule`,
            },
          ]),
      ...this.#loopDelay.finding(
        (worst, limit) => `the event loop stood still for ${worst.toFixed(0)} ms, limit ${limit} ms`,
      ),
      ...this.#eventLoop.finding(
        (worst, limit) => `the event loop was ${percent(worst)} busy ${over}, limit ${percent(limit)}`,
      ),
      ...waiting,
      // Both say the same; one is enough.
      ...(waiting.length > 0
        ? []
        : this.#runQueue.finding(
            (worst, limit) =>
              `the generator waited for a core ${percent(worst)} of the time ${over}, limit ${percent(limit)}`,
          )),
    ].sort((a, b) => a.since - b.since);
  }
}

/** Of the values that are known; null when none is. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

/** A share as a whole percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
