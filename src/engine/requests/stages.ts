/** Set-up and tear-down of a plan on the thread that goes through them. */
import { toAppError } from '#contract/errors';
import { requestOutcomes } from '#contract/requests';
import type { Clock } from '../clock.ts';
import type { FromWorker } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { PlanStage } from '../requestPlan.ts';
import type { RequestColumns } from './columns.ts';
import { closeClients, type Crew, type OwnOfCrew } from './crew.ts';
import { SharedFeed } from './feeds.ts';
import { Keeping } from './keeping.ts';
import type { Masking } from './masking.ts';
import { Results } from './results.ts';
import { StageRun } from './stage.ts';

export type StageDone = Extract<FromWorker, { type: 'stage_done' }>;

export interface StagesOptions {
  plan: RunPlan;
  clock: Clock;
  masking: Masking;
  /** Throws for what cannot be compiled. */
  crewOf: (stage: PlanStage, own: OwnOfCrew) => Crew;
}

const failures: readonly number[] = [requestOutcomes.indexOf('failed'), requestOutcomes.indexOf('timeout')];

function failedIn(columns: RequestColumns | null): number {
  return columns === null ? 0 : columns.outcome.filter((outcome) => failures.includes(outcome)).length;
}

export class Stages {
  readonly #options: StagesOptions;
  readonly #running = new Set<StageRun>();

  constructor(options: StagesOptions) {
    this.#options = options;
  }

  /** What cannot be compiled is the stage's problem. */
  run(index: number): Promise<StageDone> {
    const { plan, clock, masking, crewOf } = this.#options;
    const stage = plan.stages[index];
    if (stage === undefined) throw new Error(`The plan has no stage ${index}`);
    const results = new Results();
    const keeping = new Keeping(plan.keepAll === true ? 'setup' : null, masking);
    const feeds = stage.journey.feeds.map((feed) => new SharedFeed(feed));
    let crew: Crew;
    try {
      crew = crewOf(stage, { group: null, feeds, results, keeping });
    } catch (error) {
      const { stage: when, name } = stage;
      const problem = masking.text(`"${name}" cannot begin: ${toAppError(error).message}`);
      const result = { stage: when, name, requests: 0, failed: 0, seconds: 0, problem };
      const report = { ...results.take(), busy: 0 };
      return Promise.resolve({ type: 'stage_done', index, result, variables: {}, report });
    }
    return new Promise((resolve) => {
      const run = new StageRun({ stage, crew, clock, masking }, ({ result, variables }) => {
        this.#running.delete(run);
        closeClients(crew);
        keeping.settle();
        const report = { ...results.take(), busy: 0 };
        const counted = { requests: report.requests?.length ?? 0, failed: failedIn(report.requests) };
        resolve({ type: 'stage_done', index, result: { ...result, ...counted }, variables, report });
      });
      this.#running.add(run);
    });
  }

  /** Lets open requests of what goes on end; none begins any more. */
  stop(): void {
    for (const run of this.#running) run.stop();
  }

  /** Cuts off what goes on. */
  cut(): void {
    for (const run of [...this.#running]) run.cut();
  }
}
