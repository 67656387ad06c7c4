import type { GenerationItem, GenerationState } from '#contract/api/clips';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** What can be asked to be spoken. */
export type GenerationRequest = Parameters<typeof api.clips.generate>[0];

/** Clips being spoken: goes on in the application whatever screen is open. */
class Generation {
  #state: GenerationState | null = $state.raw(null);
  #asked: GenerationRequest | null = $state.raw(null);
  #starting = $state(false);
  #cancelling = $state(false);
  #dismissed = $state(true);

  constructor() {
    api.clips.on('progress', (state) => this.#take(state));
    connection.onReturn(() => void this.load());
  }

  /** The one that is going on, or how the last one ended. */
  get state(): GenerationState | null {
    return this.#state;
  }

  get running(): boolean {
    return this.#starting || this.#state?.state === 'running';
  }

  get cancelling(): boolean {
    return this.#cancelling;
  }

  /** Whether there is something to say about it: it is going on, or did not end well. */
  get shown(): boolean {
    const state = this.#state;
    if (state === null) return false;
    if (state.state === 'running') return true;
    return !this.#dismissed && (state.failed > 0 || state.state === 'cancelled');
  }

  /** Whether what failed can be asked for again. */
  get canRetry(): boolean {
    return !this.running && this.#asked !== null;
  }

  /** The clip of a turn, while it is part of a generation. */
  itemOf(conversation: string, turn: number, text: string | null): GenerationItem | null {
    if (!this.shown) return null;
    return (
      this.#state?.items.find(
        (item) => item.conversation === conversation && item.turn === turn && item.text === text?.trim(),
      ) ?? null
    );
  }

  /** Asks how it stands: a generation may have begun before this page was opened. */
  async load(): Promise<void> {
    const answer = await api.clips.generation(undefined);
    if (answer.ok && answer.value?.state === 'running') this.#dismissed = false;
    if (answer.ok) this.#state = answer.value;
  }

  /** Has what is missing spoken. */
  async generate(request: GenerationRequest): Promise<void> {
    if (this.running) return;
    this.#starting = true;
    this.#dismissed = false;
    this.#asked = request;
    const answer = await api.clips.generate(request);
    this.#starting = false;
    if (answer.ok) this.#take(answer.value);
    else messages.error(answer.error);
  }

  /** Asks again for what was asked for last: what is there already is not spoken twice. */
  async retry(): Promise<void> {
    if (this.#asked) await this.generate(this.#asked);
  }

  async cancel(): Promise<void> {
    this.#cancelling = true;
    const answer = await api.clips.cancelGeneration(undefined);
    this.#cancelling = false;
    // One that has ended meanwhile needs no word.
    if (!answer.ok && answer.error.kind !== 'not_found') messages.error(answer.error);
  }

  dismiss(): void {
    this.#dismissed = true;
  }

  #take(state: GenerationState): void {
    const before = this.#state;
    this.#state = state;
    if (state.state === 'running') {
      this.#dismissed = false;
      return;
    }
    // The answer to the call and the last event say the same: the operator is told once.
    const toldAlready = before !== null && before.state === state.state && before.total === state.total;
    if (state.state !== 'finished' || state.failed > 0 || toldAlready) return;
    messages.info(endedWell(state));
  }
}

function endedWell(state: GenerationState): string {
  if (state.total === 0 || state.done === 0) return 'Nothing had to be generated: every clip is there.';
  return state.done === 1 ? 'One clip was generated.' : `${state.done} clips were generated.`;
}

export const generation = new Generation();
