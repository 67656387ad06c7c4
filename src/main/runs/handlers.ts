/** Answers what screens ask about runs: from the runs of this process first, then from the history. */
import { dirname } from 'node:path';
import type { ApiHandlers } from '#contract/api/index';
import type { StartRunInput } from '#contract/api/runs';
import { fail, ok, type AppError, type Result } from '#contract/errors';
import type { RunRow } from '#contract/run';
import type { History } from '../history/history.ts';
import type { MachineService } from '../machine/service.ts';
import type { RecordingHandlers } from '../recordings/handlers.ts';
import type { RecordingStore } from '../recordings/store.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import { foresee } from './ahead.ts';
import { reviewCall } from './callReview.ts';
import { commandLineOf } from './commandLine.ts';
import type { RunService } from './service.ts';

/** What a screen may override when it starts a scenario. */
export interface ScreenOverrides {
  /** The environment to aim at instead of the scenario's own. */
  env?: string | undefined;
  /** One call of every users entry. */
  once?: boolean | undefined;
  /** Only to be looked at: nothing is spoken, and the run cannot be started. */
  silent?: boolean | undefined;
  users?: number | undefined;
  spawnRate?: number | undefined;
  durationMs?: number | undefined;
  seed?: number | undefined;
  /** Share of calls to keep, 0–1. */
  record?: number | undefined;
}

export interface RunHandlerOptions {
  runs: RunService;
  history: History;
  /** Why runs are kept in memory only; null when the history is a file as it should be. */
  historyProblem: AppError | null;
  /** null: nothing is kept on this machine. */
  recordings: RecordingStore | null;
  prepare: (scenario: string, overrides: ScreenOverrides) => Promise<Result<PreparedRun>>;
  /** Looks at the machine, without starting anything. */
  machine: Pick<MachineService, 'lookAhead'>;
  /** Path of the scenario of the practice run. */
  practiceScenario: string;
}

export function createRunHandlers(
  options: RunHandlerOptions,
): Omit<ApiHandlers['runs'], keyof RecordingHandlers> {
  const { runs, history, historyProblem, recordings, prepare, practiceScenario, machine } = options;

  async function start(input: StartRunInput) {
    const prepared = await prepare(input.scenario, overridesOf(input));
    if (!prepared.ok) return prepared;
    const { name, force, confirm, tags } = input;
    const started = await runs.start(prepared.value, {
      name,
      force,
      confirm,
      ...(tags === undefined ? {} : { tags }),
      scenarioFolder: dirname(input.scenario),
      commandLine: commandLineOf(input),
    });
    return started.ok ? ok({ runId: started.value.runId }) : started;
  }

  /** The row after something was written about a run; of one that goes on here with its newest figures. */
  async function written(runId: string, answer: Promise<Result<RunRow>>): Promise<Result<RunRow>> {
    const row = await answer;
    await runs.refresh(runId);
    const here = runs.row(runId);
    return row.ok && here !== undefined ? ok(here) : row;
  }

  return {
    async list(query) {
      const listed = await history.list(query);
      const here = runs.rows();
      const rows = listed.ok ? merge(here, listed.value) : here;
      if (rows.length > 0) return ok(rows.slice(0, query.limit));
      if (historyProblem !== null) return { ok: false, error: historyProblem };
      return listed;
    },
    async get({ runId }) {
      const here = runs.detail(runId);
      return here === undefined ? history.get(runId) : ok(here);
    },
    startPractice: (wanted) => start({ scenario: practiceScenario, ...wanted }),
    start,
    stop: ({ runId }) => runs.stop(runId),
    abort: ({ runId }) => runs.abort(runId),
    async preview(input) {
      const prepared = await prepare(input.scenario, { ...overridesOf(input), silent: true });
      if (!prepared.ok) return prepared;
      const { aim, environment, need, plannedMs, name } = prepared.value;
      return ok({
        scenario: name,
        environment,
        targets: aim.targets,
        peakCalls: need.calls,
        plannedMs,
        commandLine: commandLineOf(input),
        ...(await foresee(prepared.value, machine)),
      });
    },
    setUsers: ({ runId, users }) => runs.setUsers(runId, users),
    async row({ runId }) {
      const here = runs.row(runId);
      return here === undefined ? history.row(runId) : ok(here);
    },
    edit: ({ runId, edit }) => written(runId, history.edit(runId, edit)),
    setBaseline: ({ runId, baseline }) => written(runId, history.setBaseline(runId, baseline)),
    async addMarker({ runId, text, t }) {
      const at = t ?? runs.elapsed(runId);
      if (at === null) {
        return fail(
          'conflict',
          'run_not_going_on',
          `The run ${runId} is not going on here, so no marker can be set now: say at which second of it.`,
        );
      }
      const added = await history.addMarker(runId, { kind: 'operator', text, t: at });
      await runs.refresh(runId);
      return added;
    },
    async removeMarker({ runId, id }) {
      const removed = await history.removeMarker(runId, id);
      await runs.refresh(runId);
      return removed;
    },
    restore: ({ runId }) => history.restore(runId),
    series: ({ runId }) => history.series(runId),
    errorList: (query) => history.errorList(query),
    call: (query) => reviewCall(query, { history, recordings, goesOn: runs.elapsed(query.runId) !== null }),
    samples: ({ runId, ...within }) => history.samples(runId, within),
    turns: (query) => history.turns(query),
    calls: (query) => history.calls(query),
    errors: ({ runId }) => history.errors(runId),
    remove: ({ runId }) => history.remove(runId),
  };
}

function overridesOf(input: StartRunInput): ScreenOverrides {
  const { users, spawnRate, durationMs, seed, record, environment: env, once } = input;
  return { users, spawnRate, durationMs, seed, record, env, once };
}

/** This process knows its own runs better than the file does. Newest first. */
function merge(here: RunRow[], listed: RunRow[]): RunRow[] {
  const known = new Map(here.map((row) => [row.id, row]));
  const rows = listed.map((row) => {
    const own = known.get(row.id);
    known.delete(row.id);
    return own ?? row;
  });
  return [...known.values(), ...rows].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}
