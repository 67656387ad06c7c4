/** Set-up before the load and tear-down after it: stages one after the other, on one thread, with nothing beside them. */
import type { StageResult } from '#contract/requests';
import type { FromWorker, RequestReport } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { EngineThread } from './pool.ts';

type StageDone = Extract<FromWorker, { type: 'stage_done' }>;

export interface StagesListener {
  begins(stage: StageResult['stage'], name: string): void;
  ended(result: StageResult, report: RequestReport): void;
}

/** The stages of a plan and how they went. */
export class Stages {
  readonly results: StageResult[] = [];
  /** Values that set-up took from responses. */
  readonly variables: Record<string, unknown> = {};
  readonly #plan: Pick<RunPlan, 'stages'>;
  readonly #thread: EngineThread;
  readonly #listener: StagesListener;
  #waiting: ((done: StageDone | null) => void) | null = null;
  #stopped = false;

  constructor(plan: Pick<RunPlan, 'stages'>, thread: EngineThread, listener: StagesListener) {
    this.#plan = plan;
    this.#thread = thread;
    this.#listener = listener;
  }

  has(which: StageResult['stage']): boolean {
    return this.#plan.stages.some(({ stage }) => stage === which);
  }

  /** Whether set-up has asked for anything yet. */
  get haveAsked(): boolean {
    return this.results.some(({ requests }) => requests > 0);
  }

  /**
   * Goes through those of set-up or of tear-down. A set-up that fails or is stopped ends here, as what comes after would
   * build on it; of a tear-down every stage has its turn. Gives what failed, in a sentence; null: nothing, or it was given
   * up or stopped.
   */
  async run(which: StageResult['stage']): Promise<string | null> {
    let problem: string | null = null;
    for (const [index, stage] of this.#plan.stages.entries()) {
      if (stage.stage !== which) continue;
      if (this.#stopped && which === 'setup') break;
      this.#listener.begins(which, stage.name);
      const done = await new Promise<StageDone | null>((resolve) => {
        this.#waiting = resolve;
        this.#thread.send({ type: 'stage', index });
      });
      if (done === null) return null;
      this.results.push(done.result);
      Object.assign(this.variables, done.variables);
      if (which === 'setup') this.#thread.send({ type: 'variables', variables: this.variables });
      this.#listener.ended(done.result, done.report);
      problem ??= done.result.problem;
      if (done.result.problem !== null && which === 'setup') break;
    }
    return problem;
  }

  hear(done: StageDone): void {
    this.#waiting?.(done);
    this.#waiting = null;
  }

  /** Open requests of set-up may end; none begins any more. */
  stop(): void {
    this.#stopped = true;
    this.#thread.send({ type: 'stop_stage' });
  }

  /** Cuts off what is open of the stage that goes on. */
  cut(): void {
    this.#thread.send({ type: 'cut_stage' });
  }

  /** What goes on is not waited for any more. */
  giveUp(): void {
    this.#waiting?.(null);
    this.#waiting = null;
  }
}
