import type { LoadForecast, ScenarioProblem } from '#contract/api/scenarios';
import { api } from '../../api/index.ts';

const afterMs = 250;

/** What is wrong with a scenario as it is written now, and what its load asks for: asked when the writing pauses. */
export class ScenarioCheck {
  #problems: ScenarioProblem[] = $state.raw([]);
  #warnings: ScenarioProblem[] = $state.raw([]);
  #forecast: LoadForecast | null = $state.raw(null);
  #checked = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  get problems(): ScenarioProblem[] {
    return this.#problems;
  }

  /** What is likely not meant, but can be run. */
  get warnings(): ScenarioProblem[] {
    return this.#warnings;
  }

  get forecast(): LoadForecast | null {
    return this.#forecast;
  }

  /** Whether an answer has come at all. */
  get checked(): boolean {
    return this.#checked;
  }

  /** Asks soon; the last text asked about wins. `environment`: the one to be aimed at instead of the scenario's own. */
  soon(path: string, yaml: string, environment: string | null): void {
    clearTimeout(this.#timer);
    const ask = () => void this.#ask(path, yaml, environment);
    if (this.#asked === 0) ask();
    else this.#timer = setTimeout(ask, afterMs);
  }

  /** Nothing more is wanted. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #ask(path: string, yaml: string, environment: string | null): Promise<void> {
    const asked = ++this.#asked;
    const answer = await api.scenarios.check({
      path,
      yaml,
      ...(environment === null ? {} : { environment }),
    });
    // An answer that could not be given leaves what is known; the next keystroke asks again.
    if (asked !== this.#asked || !answer.ok) return;
    this.#problems = answer.value.problems;
    this.#warnings = answer.value.warnings ?? [];
    this.#forecast = answer.value.forecast;
    this.#checked = true;
  }
}
