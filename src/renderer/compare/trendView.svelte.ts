import type { Trend } from '#contract/comparison';
import type { AppError } from '#contract/errors';
import type { MetricName, Statistic } from '#contract/metrics';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';

const reloadPauseMs = 400;

/** What a trend is asked for. */
export interface TrendChoice {
  scenario: string | null;
  environment: string | null;
  metric: MetricName;
  stat: Statistic;
  last: number;
}

/** A scenario that was run, and against what. */
export interface RunScenario {
  scenario: string;
  environments: string[];
  runs: number;
}

/** A metric over the last runs on screen; read again when runs come or go. */
export class TrendView {
  #scenarios: RunScenario[] | null = $state.raw(null);
  #trend: Trend | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #choice: TrendChoice | null = null;
  #round = 0;
  #reload: ReturnType<typeof setTimeout> | undefined;

  /** The last run first; null: not there yet. */
  get scenarios(): RunScenario[] | null {
    return this.#scenarios;
  }

  get trend(): Trend | null {
    return this.#trend;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** Follows runs that come and go until the returned function is called. */
  open(): () => void {
    const leave = [
      api.runs.on('changed', () => {
        this.#reload ??= setTimeout(() => void this.load(), reloadPauseMs);
      }),
      connection.onReturn(() => void this.load()),
    ];
    return () => {
      clearTimeout(this.#reload);
      this.#round++;
      leave.forEach((stop) => stop());
    };
  }

  show(choice: TrendChoice): void {
    this.#choice = choice;
    void this.load();
  }

  async load(): Promise<void> {
    clearTimeout(this.#reload);
    this.#reload = undefined;
    const choice = this.#choice;
    if (!choice) return;
    const round = ++this.#round;
    const scenarios = await api.comparisons.scenarios();
    if (round !== this.#round) return;
    if (!scenarios.ok) {
      this.#error = scenarios.error;
      return;
    }
    this.#scenarios = scenarios.value;
    const scenario = choice.scenario ?? scenarios.value[0]?.scenario;
    if (scenario === undefined) {
      this.#error = null;
      return;
    }
    const { environment, metric, stat, last } = choice;
    const answer = await api.comparisons.trend({
      scenario,
      ...(environment === null ? {} : { environment }),
      metric,
      stat,
      last,
    });
    if (round !== this.#round) return;
    this.#error = answer.ok ? null : answer.error;
    if (answer.ok) this.#trend = answer.value;
  }
}
