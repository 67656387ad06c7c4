import type { AzureSpeechInput, AzureSpeechState, VoiceTest } from '#contract/api/voices';
import type { AppError } from '#contract/errors';
import { api } from '../api/index.ts';
import { connection } from '../api/connection.svelte.ts';
import { messages } from '../frame/messages.svelte.ts';

/** How Azure Speech is reached, and what the last test of it came to. */
class AzureSpeech {
  #state: AzureSpeechState | null = $state.raw(null);
  #error: AppError | null = $state.raw(null);
  #test: VoiceTest | null = $state.raw(null);
  #busy: 'saving' | 'testing' | null = $state(null);
  readonly #changed = new Set<() => void>();

  constructor() {
    connection.onReturn(() => {
      if (this.#state !== null || this.#error !== null) void this.load();
    });
  }

  get state(): AzureSpeechState | null {
    return this.#state;
  }

  get error(): AppError | null {
    return this.#error;
  }

  get test(): VoiceTest | null {
    return this.#test;
  }

  get busy(): 'saving' | 'testing' | null {
    return this.#busy;
  }

  /** Whether there is a key or token, and a place to use it at. */
  get configured(): boolean {
    const state = this.#state;
    return state !== null && state.secretFrom !== null && (state.region !== '' || state.endpoint !== '');
  }

  /** Calls `listener` whenever it is reached in another way. Returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  async load(): Promise<void> {
    const answer = await api.voices.azure(undefined);
    if (answer.ok) this.#state = answer.value;
    this.#error = answer.ok ? null : answer.error;
  }

  /** Keeps what was typed; true when it is kept. */
  async save(input: AzureSpeechInput): Promise<boolean> {
    this.#busy = 'saving';
    const answer = await api.voices.setAzure(input);
    this.#busy = null;
    return this.#take(answer, 'The settings of Azure Speech are saved.');
  }

  /** Forgets the kept key or token; true when it is gone. */
  async forget(): Promise<boolean> {
    this.#busy = 'saving';
    const answer = await api.voices.forgetAzureSecret(undefined);
    this.#busy = null;
    return this.#take(answer, 'The kept secret of Azure Speech is forgotten.');
  }

  /** Asks Azure for one short word, with what is kept. */
  async runTest(): Promise<void> {
    this.#busy = 'testing';
    this.#test = null;
    const answer = await api.voices.test({ provider: 'azure' });
    this.#busy = null;
    if (answer.ok) this.#test = answer.value;
    else messages.error(answer.error);
  }

  #take(answer: Awaited<ReturnType<typeof api.voices.setAzure>>, done: string): boolean {
    if (!answer.ok) {
      messages.error(answer.error);
      return false;
    }
    this.#state = answer.value;
    this.#test = null;
    messages.info(done);
    for (const listener of this.#changed) listener();
    return true;
  }
}

export const azureSpeech = new AzureSpeech();
