import { untrack } from 'svelte';

/** The scenario whose Run button is on screen. */
class ScenarioOnScreen {
  #path: string | null = $state(null);

  /** Its path; null: none is. */
  get path(): string | null {
    return this.#path;
  }

  /** Told by the Run button. Returns how to take it back. */
  show(path: string): () => void {
    this.#path = path;
    return () => {
      if (untrack(() => this.#path) === path) this.#path = null;
    };
  }
}

export const scenarioOnScreen = new ScenarioOnScreen();
