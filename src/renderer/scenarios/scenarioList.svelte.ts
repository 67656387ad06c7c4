import type { ScenarioEntry } from '#contract/api/scenarios';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** Files written one after the other are one change of the list. */
const togetherMs = 60;

/** The bundled examples and the workspace's scenario files, kept up to date by the application's events. */
class ScenarioList {
  #entries: ScenarioEntry[] = $state.raw([]);
  #loaded = $state(false);
  #error: AppError | null = $state.raw(null);
  #soon: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    connection.onReturn(() => void this.load());
    api.scenarios.on('changed', () => {
      clearTimeout(this.#soon);
      this.#soon = setTimeout(() => void this.load(), togetherMs);
    });
  }

  get entries(): ScenarioEntry[] {
    return this.#entries;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get error(): AppError | null {
    return this.#error;
  }

  /** The scenario a run's row names, by path or by name. */
  find(scenario: string): ScenarioEntry | null {
    return (
      this.#entries.find((e) => e.path === scenario) ?? this.#entries.find((e) => e.name === scenario) ?? null
    );
  }

  async load(): Promise<void> {
    const answer = await api.scenarios.list(undefined);
    if (answer.ok) {
      this.#entries = answer.value;
      this.#error = null;
    } else if (!this.#loaded) {
      this.#error = answer.error;
    } else if (answer.error.kind !== 'unavailable') {
      messages.error(answer.error);
    }
    this.#loaded = true;
  }
}

export const scenarioList = new ScenarioList();

/** Whether anybody speaks in it: a scenario that is not in the list counts as one of calls. */
export function isSpoken(scenario: string): boolean {
  return (scenarioList.find(scenario)?.conversations.length ?? 1) > 0;
}
