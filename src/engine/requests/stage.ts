/** Set-up and tear-down: the steps of a stage once, or once for each row of a feed, some rows at a time. */
import type { StageResult } from '#contract/requests';
import type { Clock } from '../clock.ts';
import type { PlanStage } from '../requestPlan.ts';
import { ownCalls } from '../worker/callBudget.ts';
import type { Crew } from './crew.ts';
import type { JourneyStep } from './journey.ts';
import type { Made } from './making.ts';
import type { Masking } from './masking.ts';
import { RequestUser } from './user.ts';

export interface StageOptions {
  stage: PlanStage;
  crew: Crew;
  clock: Clock;
  masking: Masking;
}

export interface StageEnd {
  result: Omit<StageResult, 'requests' | 'failed'>;
  variables: Record<string, unknown>;
}

const titles = { setup: 'Set-up', teardown: 'Tear-down' } as const;

/** A stage that goes on. Rows that did not begin are left out once one has failed. */
export class StageRun {
  readonly #options: StageOptions;
  readonly #rows: readonly unknown[] | null;
  readonly #variables = new Map<string, unknown>();
  readonly #users = new Set<RequestUser>();
  readonly #done: (end: StageEnd) => void;
  readonly #startedAt: number;
  #next = 0;
  #problem: string | null = null;
  #stopped = false;
  #over = false;

  /** `done` is called once, never before this has returned. */
  constructor(options: StageOptions, done: (end: StageEnd) => void) {
    this.#options = options;
    this.#done = done;
    const { forEach, journey } = options.stage;
    this.#rows = forEach === null ? null : (journey.feeds.find(({ name }) => name === forEach)?.rows ?? []);
    this.#startedAt = options.clock.now();
    setImmediate(() => this.#go());
  }

  #go(): void {
    const { parallel } = this.#options.stage;
    while (this.#mayBegin && this.#users.size < parallel) this.#begin();
    if (this.#users.size === 0) this.#end();
  }

  get #mayBegin(): boolean {
    return !this.#over && !this.#stopped && this.#problem === null && this.#next < (this.#rows?.length ?? 1);
  }

  #begin(): void {
    const index = this.#next++;
    const { crew, stage } = this.#options;
    const user = new RequestUser({
      crew,
      vu: index + 1,
      budget: ownCalls(1),
      onFree: null,
      onFailed: (step, made) => this.#failed(step, made, index),
      onLeft: (left) => this.#left(left),
    });
    if (stage.forEach !== null) user.scope.give(stage.forEach, this.#rows?.[index]);
    this.#users.add(user);
    user.go(crew.clock.now(), 0);
  }

  #failed(step: JourneyStep, { message }: Made, index: number): void {
    if (!step.endsOnFailure) return;
    const { stage, masking } = this.#options;
    const row = this.#rows === null ? '' : ` for row ${index + 1} of ${this.#rows.length}`;
    const why = masking.text(message ?? 'there was no answer.');
    this.#problem ??= `${titles[stage.stage]} "${stage.name}": the step "${step.name}" failed${row}. ${why}`;
  }

  #left(user: RequestUser): void {
    for (const [name, value] of user.scope.taken) this.#variables.set(name, value);
    this.#users.delete(user);
    // Not deeper with every row.
    if (!this.#over) setImmediate(() => this.#go());
  }

  /** Lets open requests end; none begins any more. That it was stopped is no problem of the stage. */
  stop(): void {
    this.#stopped = true;
    for (const user of [...this.#users]) user.halt();
  }

  /** Cuts it off. */
  cut(): void {
    if (this.#over) return;
    const { stage } = this.#options;
    if (!this.#stopped) this.#problem ??= `${titles[stage.stage]} "${stage.name}" was cut off.`;
    for (const user of [...this.#users]) user.cut();
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    const { stage, clock } = this.#options;
    const seconds = (clock.now() - this.#startedAt) / 1000;
    this.#done({
      result: { stage: stage.stage, name: stage.name, seconds, problem: this.#problem },
      variables: Object.fromEntries(this.#variables),
    });
  }
}
